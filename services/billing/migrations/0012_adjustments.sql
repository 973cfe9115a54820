-- A journal entry may also be an adjustment, or one taken back.
ALTER TABLE journal_entry RENAME TO journal_entry_before;

CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT', 'ADJUSTMENT',
    'ADJUSTMENT_REVERSAL')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, posted_time)
  SELECT account_id, entry_id, kind, source, business_date, posted_time FROM journal_entry_before;
DROP TABLE journal_entry_before;

-- Who took the payments of a drawer's session, as payment's feed tells it. Payments taken by no person are not here.
CREATE TABLE payment_taker (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  PRIMARY KEY (drawer_id, session_no, person_id)
);

-- What may be corrected, one version a row; loaded once and never changed. Lists are separated by commas:
-- "MISREAD,COURTESY", "adjustment.limit_clerk=5000".
CREATE TABLE adjustment_type (
  type_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  title TEXT NOT NULL,
  citation TEXT NOT NULL,
  effect TEXT NOT NULL CHECK (effect IN ('CREDIT', 'CHARGE')),
  service TEXT NOT NULL,
  charge_kind TEXT NOT NULL CHECK (charge_kind IN ('USAGE', 'FEE')),
  ledger_account TEXT NOT NULL,
  reasons TEXT NOT NULL,
  needs_document BIGINT NOT NULL CHECK (needs_document IN (0, 1)),
  limits TEXT NOT NULL,
  limit_day_count BIGINT NOT NULL CHECK (limit_day_count BETWEEN 1 AND 366),
  taker_day_count BIGINT NOT NULL CHECK (taker_day_count BETWEEN 1 AND 366),
  due_day_count BIGINT NOT NULL CHECK (due_day_count BETWEEN 0 AND 366),
  retired BIGINT NOT NULL CHECK (retired IN (0, 1)),
  loaded_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (type_code, effective_date)
);

-- Of a type for leaks: a share of what lies above so many percent of normal use.
CREATE TABLE leak_rule (
  type_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  normal_of TEXT NOT NULL CHECK (normal_of IN ('PERIODS_BEFORE', 'YEARS_BEFORE')),
  normal_count BIGINT NOT NULL CHECK (normal_count BETWEEN 1 AND 60),
  trigger_percent BIGINT NOT NULL CHECK (trigger_percent BETWEEN 100 AND 10000),
  above_percent BIGINT NOT NULL CHECK (above_percent BETWEEN 100 AND 10000),
  credit_percent BIGINT NOT NULL CHECK (credit_percent BETWEEN 1 AND 100),
  period_count_max BIGINT NOT NULL CHECK (period_count_max BETWEEN 1 AND 12),
  credited_count_max BIGINT NOT NULL CHECK (credited_count_max BETWEEN 1 AND 12),
  step_thousandths BIGINT NOT NULL CHECK (step_thousandths BETWEEN 1 AND 1000000000),
  rounding TEXT NOT NULL CHECK (rounding IN ('HALF_UP', 'HALF_EVEN', 'DOWN', 'UP')),
  again TEXT NOT NULL CHECK (again IN ('NEVER', 'NEXT_CALENDAR_YEAR', 'AFTER_MONTHS')),
  again_month_count BIGINT NOT NULL CHECK (again_month_count BETWEEN 0 AND 1200),
  PRIMARY KEY (type_code, effective_date),
  FOREIGN KEY (type_code, effective_date) REFERENCES adjustment_type (type_code, effective_date)
);

-- How a type credits each bill of a time that a document proves.
CREATE TABLE monthly_rule (
  type_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 10000000),
  after_month_count BIGINT NOT NULL CHECK (after_month_count BETWEEN 0 AND 60),
  at_most_billed BIGINT NOT NULL CHECK (at_most_billed IN (0, 1)),
  PRIMARY KEY (type_code, effective_date),
  FOREIGN KEY (type_code, effective_date) REFERENCES adjustment_type (type_code, effective_date)
);

-- Adjustments, numbered within their account, are never edited: one that was wrong is taken back by an entry of its own. A proposal has no entry.
-- `basis` of a leak: the credited use by bill, "77=60000,78=1500" thousandths; of a proven time: it, and the cents by bill,
-- "2026-05-01..2026-09-30,77=2500".
CREATE TABLE adjustment (
  account_id BIGINT NOT NULL,
  adjustment_no BIGINT NOT NULL,
  type_code TEXT NOT NULL,
  type_date TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  reason_code TEXT NOT NULL,
  note TEXT NOT NULL,
  document TEXT NOT NULL,
  basis TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PROPOSED', 'POSTED', 'DECLINED', 'WITHDRAWN', 'REVERSED')),
  entered_date TEXT NOT NULL,
  entered_by_person_id BIGINT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  decision TEXT NOT NULL,
  posted_date TEXT,
  reversed_date TEXT,
  reversed_by_person_id BIGINT NOT NULL,
  reversal_reason TEXT NOT NULL,
  PRIMARY KEY (account_id, adjustment_no),
  CHECK (decided_by_person_id <> entered_by_person_id),
  CHECK ((state IN ('POSTED', 'REVERSED')) = (posted_date IS NOT NULL)),
  CHECK ((state = 'REVERSED') = (reversed_date IS NOT NULL))
);

CREATE INDEX adjustment_waiting ON adjustment (account_id, adjustment_no) WHERE state = 'PROPOSED';
