-- Files of the city's land records. `complete_no` counts the files that are whole, by day of arrival: the highest is in force. 0:
-- parts are missing.
CREATE TABLE parcel_file (
  file_id BIGINT NOT NULL PRIMARY KEY,
  complete_no BIGINT NOT NULL CHECK (complete_no >= 0),
  file_name TEXT NOT NULL,
  next_line BIGINT NOT NULL CHECK (next_line >= 1),
  place_count BIGINT NOT NULL CHECK (place_count >= 0),
  loaded_date TEXT NOT NULL,
  loaded_by_person_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX parcel_file_complete ON parcel_file (complete_no) WHERE complete_no > 0;

CREATE TABLE parcel_part (
  file_id BIGINT NOT NULL,
  first_line BIGINT NOT NULL CHECK (first_line >= 1),
  digest TEXT NOT NULL,
  PRIMARY KEY (file_id, first_line),
  FOREIGN KEY (file_id) REFERENCES parcel_file (file_id)
);

-- What a file says of a place. NULL and empty: it does not say.
CREATE TABLE parcel (
  file_id BIGINT NOT NULL,
  premise_id BIGINT NOT NULL,
  first_line BIGINT NOT NULL,
  line BIGINT NOT NULL,
  parcel_number TEXT NOT NULL,
  land_use TEXT NOT NULL,
  dwelling_units BIGINT,
  city_limits TEXT NOT NULL,
  esu_thousandths BIGINT,
  meter_sizes TEXT NOT NULL,
  cart_count BIGINT,
  exempt_services TEXT NOT NULL,
  PRIMARY KEY (file_id, premise_id),
  FOREIGN KEY (file_id, first_line) REFERENCES parcel_part (file_id, first_line)
);

-- For which parcels a schedule, or a class of customers, is.
CREATE TABLE parcel_user (
  file_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  first_line BIGINT NOT NULL,
  line BIGINT NOT NULL,
  land_uses TEXT NOT NULL,
  city_limits TEXT NOT NULL,
  PRIMARY KEY (file_id, kind, code),
  FOREIGN KEY (file_id, first_line) REFERENCES parcel_part (file_id, first_line)
);

-- Agreements of a run that are billed by other facts than the land records have. `at_stake_cents`: what is billed more (or, below 0,
-- less) for it; NULL: that is not known.
CREATE TABLE cycle_difference (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  basis TEXT NOT NULL,
  service TEXT NOT NULL,
  expected TEXT NOT NULL,
  billed TEXT NOT NULL,
  at_stake_cents BIGINT CHECK (at_stake_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (account_id, cycle_id, agreement_id, basis),
  FOREIGN KEY (cycle_id, page_no) REFERENCES cycle_page (cycle_id, page_no)
);
CREATE INDEX cycle_difference_run ON cycle_difference (cycle_id, account_id);

-- One more kind of figures: what is not as in the land records.
ALTER TABLE cycle_tally RENAME TO cycle_tally_before;
CREATE TABLE cycle_tally (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SERVICE', 'COMPONENT', 'BLOCKS', 'PRICE', 'LONG_PERIOD', 'NOT_BILLED', 'DAYS_BROKEN',
    'HELD', 'UNPRICED', 'POINT_TWICE', 'POINT_GAP', 'NEW_METERS', 'STILL', 'CHANGED', 'OLD_METERS', 'PARCEL')),
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
