CREATE TABLE account (
  account_id BIGINT NOT NULL PRIMARY KEY CHECK (account_id BETWEEN 10000000000 AND 99999999999),
  version BIGINT NOT NULL CHECK (version > 0),
  premise_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  customer_class TEXT NOT NULL CHECK (customer_class IN ('RESIDENTIAL', 'NON_RESIDENTIAL')),
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  open_date TEXT NOT NULL,
  close_date TEXT,
  application_id BIGINT NOT NULL CHECK (application_id >= 0),
  timely_since_date TEXT,
  CHECK ((state = 'CLOSED') = (close_date IS NOT NULL))
);

CREATE INDEX account_by_premise ON account (premise_id, account_id);

CREATE INDEX account_by_customer ON account (customer_id, account_id);

-- An agreement lives with its premise, so that the engine itself holds a service point to one
-- occupant.
CREATE TABLE agreement (
  premise_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  service_point_no BIGINT NOT NULL,
  service TEXT NOT NULL CHECK (service <> ''),
  schedule_code TEXT NOT NULL CHECK (schedule_code <> ''),
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths BETWEEN 1 AND 1000000000000),
  state TEXT NOT NULL CHECK (state IN ('PENDING_START', 'ACTIVE', 'PENDING_STOP', 'STOPPED', 'CLOSED')),
  start_date TEXT NOT NULL,
  stop_date TEXT,
  PRIMARY KEY (premise_id, agreement_id),
  CHECK (agreement_id = account_id * 100 + service_point_no)
);

CREATE INDEX agreement_by_account ON agreement (account_id, service_point_no);

CREATE UNIQUE INDEX agreement_in_force ON agreement (premise_id, service_point_no)
  WHERE state IN ('ACTIVE', 'PENDING_STOP');

CREATE UNIQUE INDEX agreement_waiting ON agreement (premise_id, service_point_no)
  WHERE state = 'PENDING_START';

-- What billing told of each account, for credit.
CREATE TABLE bill_fact (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  due_date TEXT NOT NULL,
  total_cents BIGINT NOT NULL CHECK (total_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id)
);

CREATE TABLE payment_fact (
  account_id BIGINT NOT NULL,
  payment_id TEXT NOT NULL CHECK (payment_id <> ''),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  timely BIGINT NOT NULL CHECK (timely IN (0, 1)),
  applied_date TEXT NOT NULL,
  excuse TEXT NOT NULL,
  PRIMARY KEY (account_id, payment_id)
);

-- Events of billing that fit on nothing here, for a person to look at.
CREATE TABLE unplaced_event (
  account_id BIGINT NOT NULL,
  feed_partition BIGINT NOT NULL,
  position BIGINT NOT NULL,
  type TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_time BIGINT NOT NULL,
  PRIMARY KEY (account_id, feed_partition, position)
);
