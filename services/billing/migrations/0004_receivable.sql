-- The journal: every entry's postings sum to zero, and no row is ever changed.
CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

CREATE TABLE posting (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  ledger_account TEXT NOT NULL,
  fund TEXT NOT NULL,
  amount_cents BIGINT NOT NULL
    CHECK (amount_cents <> 0 AND amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (account_id, entry_id, line_no)
);

-- Open items: what is owed for one service from one cause. open = amount less allocations.
CREATE TABLE charge (
  account_id BIGINT NOT NULL,
  charge_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  service TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('USAGE', 'FEE', 'DEPOSIT')),
  description TEXT NOT NULL,
  due_date TEXT NOT NULL,
  application_id BIGINT NOT NULL CHECK (application_id >= 0),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  open_cents BIGINT NOT NULL CHECK (open_cents BETWEEN 0 AND amount_cents),
  PRIMARY KEY (account_id, charge_id)
);

CREATE INDEX charge_open ON charge (account_id) WHERE open_cents > 0;

-- Which entry paid how much of which charge; a reversal takes back with negative amounts.
CREATE TABLE allocation (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  charge_id BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL
    CHECK (amount_cents <> 0 AND amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (account_id, entry_id, line_no)
);

-- Payments from payment's feed, each once. One that cannot be placed is unapplied cash, with its reason.
CREATE TABLE payment_credit (
  account_id BIGINT NOT NULL,
  payment_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('APPLIED', 'UNAPPLIED', 'REVERSED')),
  entry_id BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  directions TEXT NOT NULL,
  business_date TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (account_id, payment_id)
);

CREATE INDEX payment_credit_unapplied ON payment_credit (account_id, payment_id)
  WHERE state = 'UNAPPLIED';

-- The city's written orders of allocation. Lists are separated by commas.
CREATE TABLE allocation_policy (
  effective_date TEXT NOT NULL PRIMARY KEY,
  citation TEXT NOT NULL,
  order_keys TEXT NOT NULL,
  services TEXT NOT NULL,
  kinds TEXT NOT NULL,
  pro_rata BIGINT NOT NULL CHECK (pro_rata IN (0, 1))
);
