-- What each closed session brought into a vault (drawer_id), until it is in a deposit.
CREATE TABLE vault_taking (
  drawer_id BIGINT NOT NULL,
  from_drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  business_date TEXT NOT NULL,
  cash_cents BIGINT NOT NULL CHECK (cash_cents BETWEEN -1000000000000000 AND 1000000000000000),
  check_count BIGINT NOT NULL,
  check_cents BIGINT NOT NULL CHECK (check_cents BETWEEN 0 AND 1000000000000000),
  deposit_id BIGINT,
  PRIMARY KEY (drawer_id, from_drawer_id, session_no)
);

CREATE INDEX vault_taking_due ON vault_taking (drawer_id, business_date) WHERE deposit_id IS NULL;

CREATE TABLE vault_check (
  drawer_id BIGINT NOT NULL,
  from_drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  receipt_no BIGINT NOT NULL,
  tender_no BIGINT NOT NULL,
  check_number TEXT NOT NULL,
  bank_last4 TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  deposit_id BIGINT,
  PRIMARY KEY (drawer_id, from_drawer_id, session_no, receipt_no, tender_no)
);

CREATE INDEX vault_check_by_deposit ON vault_check (drawer_id, deposit_id);

CREATE TABLE bank_deposit (
  drawer_id BIGINT NOT NULL,
  deposit_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PREPARED', 'CARRIED')),
  bag_number TEXT NOT NULL CHECK (bag_number <> ''),
  oldest_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  prepared_by BIGINT NOT NULL,
  prepared_time BIGINT NOT NULL,
  prepared_date TEXT NOT NULL,
  carried_by BIGINT NOT NULL,
  carried_time BIGINT NOT NULL,
  PRIMARY KEY (drawer_id, deposit_id),
  UNIQUE (drawer_id, bag_number)
);

CREATE TABLE bank_deposit_cash (
  drawer_id BIGINT NOT NULL,
  deposit_id BIGINT NOT NULL,
  denomination BIGINT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  PRIMARY KEY (drawer_id, deposit_id, denomination)
);
