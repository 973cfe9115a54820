-- The day by which the ledger counts an entry: its business date, or the first day that was open when it was posted. And
-- which save wrote it, so that the sums which each save leaves can be proven. Neither has a default: a process that leaves
-- no sums cannot post.
ALTER TABLE journal_entry RENAME TO journal_entry_before_months;

CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT', 'ADJUSTMENT',
    'ADJUSTMENT_REVERSAL', 'BILL_REVERSAL')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  accounting_date TEXT NOT NULL,
  sum_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, posted_time, accounting_date, sum_id)
  SELECT account_id, entry_id, kind, source, business_date, posted_time, business_date, 0
  FROM journal_entry_before_months;
DROP TABLE journal_entry_before_months;

-- What a save has posted, by day, ledger account and fund: reports add these up, not the postings. A save is named after
-- its first entry; 0 is all that was posted before there were sums. Rows are only ever added.
CREATE TABLE ledger_sum (
  account_id BIGINT NOT NULL,
  sum_id BIGINT NOT NULL,
  accounting_date TEXT NOT NULL,
  ledger_account TEXT NOT NULL,
  fund TEXT NOT NULL,
  debit_cents BIGINT NOT NULL CHECK (debit_cents BETWEEN 0 AND 1000000000000000000),
  credit_cents BIGINT NOT NULL CHECK (credit_cents BETWEEN 0 AND 1000000000000000000),
  posting_count BIGINT NOT NULL CHECK (posting_count >= 1),
  PRIMARY KEY (account_id, sum_id, accounting_date, ledger_account, fund)
);

-- All that a report reads, in the order of days.
CREATE INDEX ledger_sum_by_date ON ledger_sum (accounting_date, ledger_account, fund, debit_cents, credit_cents,
  posting_count);

INSERT INTO ledger_sum
  SELECT 0, 0, e.accounting_date, p.ledger_account, p.fund,
    CAST(sum(CASE WHEN p.amount_cents > 0 THEN p.amount_cents ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN p.amount_cents < 0 THEN -p.amount_cents ELSE 0 END) AS BIGINT), count(*)
  FROM posting p JOIN journal_entry e ON e.account_id = p.account_id AND e.entry_id = p.entry_id
  GROUP BY e.accounting_date, p.ledger_account, p.fund;

-- One row, which whoever posts holds together with others, and whoever closes a month alone.
CREATE TABLE ledger_open (
  ledger_no BIGINT NOT NULL PRIMARY KEY,
  open_date TEXT NOT NULL
);
INSERT INTO ledger_open (ledger_no, open_date) VALUES (1, '1900-01-01');

-- Accounting months that somebody has begun to close, by their first day.
CREATE TABLE ledger_month (
  first_date TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'PREPARED', 'CLOSED', 'REOPENING')),
  close_count BIGINT NOT NULL CHECK (close_count >= 0),
  digest TEXT NOT NULL,
  prepared_by_person_id BIGINT NOT NULL,
  closed_by_person_id BIGINT NOT NULL,
  closed_date TEXT NOT NULL,
  reason TEXT NOT NULL,
  proposed_by_person_id BIGINT NOT NULL,
  reopened_by_person_id BIGINT NOT NULL
);

-- What a closed month adds up to.
CREATE TABLE ledger_month_total (
  first_date TEXT NOT NULL,
  ledger_account TEXT NOT NULL,
  fund TEXT NOT NULL,
  debit_cents BIGINT NOT NULL CHECK (debit_cents BETWEEN 0 AND 1000000000000000000),
  credit_cents BIGINT NOT NULL CHECK (credit_cents BETWEEN 0 AND 1000000000000000000),
  posting_count BIGINT NOT NULL CHECK (posting_count >= 1),
  PRIMARY KEY (first_date, ledger_account, fund),
  FOREIGN KEY (first_date) REFERENCES ledger_month (first_date)
);
