-- A journal entry may also be a late fee.
ALTER TABLE journal_entry RENAME TO journal_entry_before_late_fees;

CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT', 'ADJUSTMENT',
    'ADJUSTMENT_REVERSAL', 'BILL_REVERSAL', 'LATE_FEE')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  accounting_date TEXT NOT NULL,
  sum_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, posted_time, accounting_date, sum_id)
  SELECT account_id, entry_id, kind, source, business_date, posted_time, accounting_date, sum_id
  FROM journal_entry_before_late_fees;
DROP TABLE journal_entry_before_late_fees;

-- The day on which a print file was released: from then on its bills are sent.
CREATE TABLE print_release (
  print_file_id BIGINT NOT NULL PRIMARY KEY,
  released_date TEXT NOT NULL
);

-- How late payment is charged, one version a row; loaded once and never changed. An empty class is both, an empty service
-- all that no other policy names.
CREATE TABLE late_fee_policy (
  policy_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  citation TEXT NOT NULL,
  customer_class TEXT NOT NULL,
  service TEXT NOT NULL,
  percent_hundredths BIGINT NOT NULL CHECK (percent_hundredths BETWEEN 0 AND 10000),
  minimum_cents BIGINT NOT NULL CHECK (minimum_cents BETWEEN 0 AND 10000000),
  maximum_cents BIGINT NOT NULL CHECK (maximum_cents BETWEEN 0 AND 10000000),
  tax_hundredths BIGINT NOT NULL CHECK (tax_hundredths BETWEEN 0 AND 10000),
  owed_min_cents BIGINT NOT NULL CHECK (owed_min_cents BETWEEN 1 AND 10000000),
  after_day_count BIGINT NOT NULL CHECK (after_day_count BETWEEN 0 AND 90),
  repeats TEXT NOT NULL,
  on_fees BIGINT NOT NULL CHECK (on_fees IN (0, 1)),
  days_to_pay_min BIGINT NOT NULL CHECK (days_to_pay_min BETWEEN 1 AND 60),
  due_day_count BIGINT NOT NULL CHECK (due_day_count BETWEEN 0 AND 366),
  hold_above_cents BIGINT NOT NULL CHECK (hold_above_cents BETWEEN 0 AND 10000000),
  rise_hundredths BIGINT NOT NULL CHECK (rise_hundredths BETWEEN 0 AND 1000000),
  share_percent BIGINT NOT NULL CHECK (share_percent BETWEEN 0 AND 100),
  loaded_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (policy_code, effective_date)
);

-- A run charges what fell late behind `from_date`, up to `run_date`. Accounts up to `after_account_id` are calculated, or
-- posted.
CREATE TABLE late_fee_run (
  run_id BIGINT NOT NULL PRIMARY KEY,
  policy_code TEXT NOT NULL,
  run_no BIGINT NOT NULL CHECK (run_no >= 1),
  from_date TEXT NOT NULL,
  run_date TEXT NOT NULL,
  state TEXT NOT NULL,
  after_account_id BIGINT NOT NULL,
  started_by_person_id BIGINT NOT NULL,
  ended_by_person_id BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE UNIQUE INDEX late_fee_run_no ON late_fee_run (policy_code, run_no);

-- What the whole of a run shows, which somebody acknowledges before it is signed.
CREATE TABLE late_fee_finding (
  run_id BIGINT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,
  acknowledgement TEXT NOT NULL,
  acknowledged_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (run_id, rule)
);

-- Fees of a run, with what they follow from: the last day to pay, what was unpaid then (by service in `basis`,
-- "sewer=800,water=1200"), and what was owed in all. `step_no` is 0, or how many months later the fee comes again.
CREATE TABLE late_fee (
  account_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  step_no BIGINT NOT NULL CHECK (step_no >= 0),
  policy_code TEXT NOT NULL,
  policy_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  sent_date TEXT NOT NULL,
  last_date TEXT NOT NULL,
  owed_cents BIGINT NOT NULL CHECK (owed_cents BETWEEN 0 AND 1000000000000000),
  basis TEXT NOT NULL,
  fee_cents BIGINT NOT NULL CHECK (fee_cents BETWEEN 1 AND 1000000000000000),
  tax_cents BIGINT NOT NULL CHECK (tax_cents BETWEEN 0 AND 1000000000000000),
  first_fee BIGINT NOT NULL CHECK (first_fee IN (0, 1)),
  problem TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  posted_date TEXT,
  PRIMARY KEY (account_id, run_id, bill_id, step_no)
);
CREATE INDEX late_fee_of_run ON late_fee (run_id, account_id);
-- A bill bears each fee once, whatever runs there are.
CREATE UNIQUE INDEX late_fee_once ON late_fee (account_id, bill_id, policy_code, step_no) WHERE state = 'POSTED';

-- Accounts that bear no late fee for a time, on a document and by two people.
CREATE TABLE late_fee_exemption (
  account_id BIGINT NOT NULL,
  exemption_no BIGINT NOT NULL CHECK (exemption_no >= 1),
  cause TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  document TEXT NOT NULL,
  state TEXT NOT NULL,
  recorded_date TEXT NOT NULL,
  recorded_by_person_id BIGINT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY (account_id, exemption_no)
);
