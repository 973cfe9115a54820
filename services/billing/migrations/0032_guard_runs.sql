-- One more kind of figures: what the values of riders alone do.
ALTER TABLE cycle_tally RENAME TO cycle_tally_before;
CREATE TABLE cycle_tally (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SERVICE', 'COMPONENT', 'BLOCKS', 'PRICE', 'LONG_PERIOD', 'NOT_BILLED', 'DAYS_BROKEN',
    'HELD', 'UNPRICED', 'POINT_TWICE', 'POINT_GAP', 'NEW_METERS', 'STILL', 'CHANGED', 'OLD_METERS', 'PARCEL', 'RIDER')),
  service TEXT NOT NULL,
  subject TEXT NOT NULL,
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  day_count BIGINT NOT NULL,
  quantity_thousandths BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  before_cents BIGINT NOT NULL CHECK (before_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (cycle_id, page_no, kind, service, subject),
  FOREIGN KEY (cycle_id, page_no) REFERENCES cycle_page (cycle_id, page_no)
);
INSERT INTO cycle_tally SELECT cycle_id, page_no, kind, service, subject, row_count, day_count,
  quantity_thousandths, amount_cents, before_cents FROM cycle_tally_before;
DROP TABLE cycle_tally_before;

-- Carts of a service, where a place has some of several: 'sanitation=2'. Empty: the file does not say.
ALTER TABLE parcel ADD COLUMN service_carts TEXT NOT NULL DEFAULT '';
-- A part of a file is proven by itself.
CREATE INDEX parcel_by_part ON parcel (file_id, first_line, line);
