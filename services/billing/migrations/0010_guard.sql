-- What hangs on a hold, in cents: what would be billed wrongly, or not at all.
ALTER TABLE bill_hold ADD COLUMN at_stake_cents BIGINT NOT NULL DEFAULT 0 CHECK (at_stake_cents BETWEEN 0 AND 1000000000000000);

-- A city's limits of the guard from a day on: "NAME=VALUE,..." for each class of customers and for a whole run. What is
-- not named keeps its default.
CREATE TABLE guard_policy (
  effective_date TEXT NOT NULL PRIMARY KEY,
  citation TEXT NOT NULL,
  residential TEXT NOT NULL,
  non_residential TEXT NOT NULL,
  run TEXT NOT NULL
);

-- What each page adds to the figures by which the whole run is judged.
CREATE TABLE cycle_tally (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SERVICE', 'COMPONENT', 'BLOCKS', 'PRICE', 'LONG_PERIOD', 'NOT_BILLED', 'DAYS_BROKEN')),
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

-- What was purchased, pumped or metered at the boundary for the days of a run; recorded before it is calculated.
CREATE TABLE control_total (
  cycle BIGINT NOT NULL CHECK (cycle BETWEEN 1 AND 31),
  period_end_date TEXT NOT NULL,
  service TEXT NOT NULL CHECK (service <> ''),
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths >= 1),
  source TEXT NOT NULL,
  recorded_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (cycle, period_end_date, service)
);

-- What was found of a whole run when it was calculated. Its register is signed once each is acknowledged.
CREATE TABLE cycle_finding (
  cycle_id BIGINT NOT NULL,
  finding_no BIGINT NOT NULL CHECK (finding_no >= 1),
  rule TEXT NOT NULL,
  service TEXT NOT NULL,
  subject TEXT NOT NULL,
  evidence TEXT NOT NULL,
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  at_stake_cents BIGINT NOT NULL CHECK (at_stake_cents BETWEEN -1000000000000000 AND 1000000000000000),
  acknowledged_by_person_id BIGINT NOT NULL,
  acknowledgement TEXT NOT NULL,
  PRIMARY KEY (cycle_id, finding_no),
  FOREIGN KEY (cycle_id) REFERENCES cycle_run (cycle_id),
  CHECK ((acknowledged_by_person_id = 0) = (acknowledgement = ''))
);

-- Held bills that wait, of all runs.
CREATE INDEX bill_held ON bill (account_id, bill_id) WHERE state = 'HELD';

-- Who looks into a held bill, and until when.
CREATE TABLE hold_work (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  owner_person_id BIGINT NOT NULL CHECK (owner_person_id >= 1),
  deadline_date TEXT NOT NULL,
  PRIMARY KEY (account_id, bill_id)
);

-- What reviews decided, and how long they looked. `release_id` is 0 for a bill that was looked at by itself.
CREATE TABLE bill_review (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('RELEASE', 'CONFIRM_HOLD')),
  reason TEXT NOT NULL,
  reviewed_by_person_id BIGINT NOT NULL,
  reviewed_date TEXT NOT NULL,
  review_seconds BIGINT NOT NULL CHECK (review_seconds BETWEEN 0 AND 86400),
  release_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, bill_id)
);

-- Many held bills that one person wants released and another one releases.
CREATE TABLE mass_release (
  release_id BIGINT NOT NULL PRIMARY KEY,
  cycle_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PROPOSED', 'RELEASED')),
  rule TEXT NOT NULL,
  at_stake_max_cents BIGINT NOT NULL CHECK (at_stake_max_cents BETWEEN 0 AND 1000000000000000),
  bill_count BIGINT NOT NULL CHECK (bill_count >= 1),
  total_cents BIGINT NOT NULL CHECK (total_cents BETWEEN 0 AND 1000000000000000),
  at_stake_cents BIGINT NOT NULL CHECK (at_stake_cents BETWEEN -1000000000000000 AND 1000000000000000),
  reason TEXT NOT NULL,
  proposed_by_person_id BIGINT NOT NULL,
  approved_by_person_id BIGINT NOT NULL,
  FOREIGN KEY (cycle_id) REFERENCES cycle_run (cycle_id),
  CHECK (proposed_by_person_id <> approved_by_person_id),
  CHECK ((state = 'RELEASED') = (approved_by_person_id <> 0))
);
