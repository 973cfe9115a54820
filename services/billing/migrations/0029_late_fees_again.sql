-- A journal entry may also take a late fee back.
ALTER TABLE journal_entry RENAME TO journal_entry_before_reversed_fees;

CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT', 'ADJUSTMENT',
    'ADJUSTMENT_REVERSAL', 'BILL_REVERSAL', 'LATE_FEE', 'LATE_FEE_REVERSAL')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  accounting_date TEXT NOT NULL,
  sum_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, posted_time, accounting_date, sum_id)
  SELECT account_id, entry_id, kind, source, business_date, posted_time, accounting_date, sum_id
  FROM journal_entry_before_reversed_fees;
DROP TABLE journal_entry_before_reversed_fees;

-- A fee may come to nothing: then it takes another back. `again` is why a bill of earlier days is looked at again, empty for
-- the first time; `replaced_run_id` the run whose fee of the bill and step it takes the place of, or 0. A fee that was
-- posted and taken back has the day and the reason.
ALTER TABLE late_fee RENAME TO late_fee_before_again;

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
  fee_cents BIGINT NOT NULL CHECK (fee_cents BETWEEN 0 AND 1000000000000000),
  tax_cents BIGINT NOT NULL CHECK (tax_cents BETWEEN 0 AND 1000000000000000),
  first_fee BIGINT NOT NULL CHECK (first_fee IN (0, 1)),
  problem TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  posted_date TEXT,
  again TEXT NOT NULL,
  replaced_run_id BIGINT NOT NULL,
  reversed_date TEXT,
  reversal TEXT NOT NULL,
  PRIMARY KEY (account_id, run_id, bill_id, step_no)
);

INSERT INTO late_fee (account_id, run_id, bill_id, step_no, policy_code, policy_date, due_date, sent_date, last_date,
    owed_cents, basis, fee_cents, tax_cents, first_fee, problem, evidence, state, owner_person_id, reason,
    decided_by_person_id, posted_date, again, replaced_run_id, reversed_date, reversal)
  SELECT account_id, run_id, bill_id, step_no, policy_code, policy_date, due_date, sent_date, last_date, owed_cents, basis,
    fee_cents, tax_cents, first_fee, problem, evidence, state, owner_person_id, reason, decided_by_person_id, posted_date,
    '', 0, NULL, ''
  FROM late_fee_before_again;
DROP TABLE late_fee_before_again;

CREATE INDEX late_fee_of_run ON late_fee (run_id, account_id);
-- A bill bears each fee once, whatever runs there are.
CREATE UNIQUE INDEX late_fee_once ON late_fee (account_id, bill_id, policy_code, step_no) WHERE state = 'POSTED';

-- Who allowed a first version to charge for due dates before it was loaded; empty if it does not.
ALTER TABLE late_fee_policy ADD COLUMN backdating TEXT NOT NULL DEFAULT '';
-- What was loaded behind a fee does not change it; NULL before this was kept.
ALTER TABLE late_fee_policy ADD COLUMN loaded_date TEXT;

-- 0: by the rules before this, when services were left out whatever the class and whoever had decided could sign; then 1.
ALTER TABLE late_fee_run ADD COLUMN rules_no BIGINT NOT NULL DEFAULT 0;

-- How many bills were due on a day, for the whole of a run.
CREATE INDEX bill_posted_by_due_date ON bill (due_date) WHERE state = 'POSTED';
