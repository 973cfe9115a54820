-- Runs of billing cycles.
CREATE TABLE cycle_run (
  cycle_id BIGINT NOT NULL PRIMARY KEY,
  cycle BIGINT NOT NULL CHECK (cycle BETWEEN 1 AND 31),
  kind TEXT NOT NULL CHECK (kind IN ('PRODUCTION', 'DEMO')),
  state TEXT NOT NULL
    CHECK (state IN ('CALCULATING', 'CALCULATED', 'SIGNED_OFF', 'POSTING', 'POSTED')),
  period_end_date TEXT NOT NULL,
  bill_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  previous_cycle_id BIGINT NOT NULL,
  agreement_count BIGINT NOT NULL CHECK (agreement_count >= 0),
  started_by_person_id BIGINT NOT NULL,
  signed_off_by_person_id BIGINT NOT NULL,
  CHECK (signed_off_by_person_id <> started_by_person_id)
);

CREATE INDEX cycle_run_by_cycle ON cycle_run (cycle, period_end_date);

-- The pages of a run: ranges of accounts that are laid down when it starts. A page is calculated, and later posted,
-- in one transaction that moves its state: a run that was killed goes on with the pages that are left.
CREATE TABLE cycle_page (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL CHECK (page_no >= 1),
  lane BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PLANNED', 'CALCULATED', 'POSTED')),
  after_account_id BIGINT NOT NULL,
  through_account_id BIGINT NOT NULL,
  agreement_count BIGINT NOT NULL CHECK (agreement_count >= 0),
  PRIMARY KEY (cycle_id, page_no),
  CHECK (after_account_id < through_account_id),
  FOREIGN KEY (cycle_id) REFERENCES cycle_run (cycle_id)
);

-- The bill register: what each page billed, by service, held bills included.
CREATE TABLE cycle_register (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  service TEXT NOT NULL,
  agreement_count BIGINT NOT NULL,
  quantity_thousandths BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (cycle_id, page_no, service),
  FOREIGN KEY (cycle_id, page_no) REFERENCES cycle_page (cycle_id, page_no)
);

-- Bills are never edited; only their state moves.
CREATE TABLE bill (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  cycle_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('CALCULATED', 'HELD', 'RELEASED', 'POSTED', 'CANCELLED')),
  bill_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  total_cents BIGINT NOT NULL CHECK (total_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id)
);

CREATE INDEX bill_by_cycle ON bill (cycle_id, account_id);

-- One service agreement's part of a bill: the days and the use that were priced, and by which version.
CREATE TABLE bill_segment (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  service TEXT NOT NULL,
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('BILLED', 'CANCELLED')),
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  start_read_thousandths BIGINT NOT NULL,
  end_read_thousandths BIGINT NOT NULL,
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths >= 0),
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths >= 0),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id, segment_no),
  CHECK (from_date < to_date)
);

-- No two bills of an agreement end on the same day; that none overlaps is verify's.
CREATE UNIQUE INDEX bill_segment_by_end ON bill_segment (account_id, agreement_id, to_date)
  WHERE state = 'BILLED';

-- Printed lines: amount = rate x quantity, rounded half-up once.
CREATE TABLE bill_line (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  component_no BIGINT NOT NULL,
  tier_no BIGINT NOT NULL,
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths >= 0),
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN 0 AND 1000000000000000),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id, line_no)
);

-- Why the guard held a bill.
CREATE TABLE bill_hold (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  hold_no BIGINT NOT NULL,
  reason TEXT NOT NULL,
  service TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (account_id, bill_id, hold_no)
);
