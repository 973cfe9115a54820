-- Accounts as billing knows them from the account service's feed. Whoever changes charges, credit or postings of
-- an account holds its row. What an account owes is the sum of its open charges less its credit, kept nowhere twice.
CREATE TABLE billing_account (
  account_id BIGINT NOT NULL PRIMARY KEY,
  premise_id BIGINT NOT NULL,
  customer_class TEXT NOT NULL CHECK (customer_class IN ('RESIDENTIAL', 'NON_RESIDENTIAL')),
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  credit_cents BIGINT NOT NULL CHECK (credit_cents BETWEEN 0 AND 1000000000000000),
  open_disconnect_id BIGINT NOT NULL CHECK (open_disconnect_id >= 0)
);

-- One service of an account. An unmetered one has no meter number, no unit and no digits.
CREATE TABLE agreement (
  account_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  premise_id BIGINT NOT NULL,
  service TEXT NOT NULL CHECK (service <> ''),
  schedule_code TEXT NOT NULL,
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths BETWEEN 0 AND 1000000000000),
  meter_number TEXT NOT NULL,
  unit TEXT NOT NULL,
  register_digits BIGINT NOT NULL CHECK (register_digits BETWEEN 0 AND 9),
  multiplier_thousandths BIGINT NOT NULL CHECK (multiplier_thousandths BETWEEN 0 AND 1000000000),
  cycle BIGINT NOT NULL CHECK (cycle BETWEEN 1 AND 31),
  in_service BIGINT NOT NULL CHECK (in_service IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'STOPPED')),
  start_date TEXT NOT NULL,
  stop_date TEXT,
  PRIMARY KEY (account_id, agreement_id),
  CHECK ((meter_number = '') = (unit = '')),
  CHECK ((state = 'STOPPED') = (stop_date IS NOT NULL))
);

CREATE INDEX agreement_by_cycle ON agreement (cycle, account_id, agreement_id);
CREATE INDEX agreement_by_meter ON agreement (meter_number, account_id) WHERE meter_number <> '';
