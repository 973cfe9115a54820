CREATE TABLE work_order (
  premise_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('CONNECT', 'DISCONNECT_REQUEST', 'DISCONNECT_NONPAY', 'RECONNECT', 'TAG', 'READ')),
  state TEXT NOT NULL CHECK (state IN ('DRAFT', 'READY', 'SCHEDULED', 'DISPATCHED', 'ACCEPTED', 'EN_ROUTE', 'ON_SITE',
    'IN_PROGRESS', 'SUSPENDED', 'WORK_DONE', 'NOT_DONE', 'CLOSED', 'CANCELLED', 'RECALL_PENDING')),
  origin TEXT NOT NULL CHECK (origin IN ('CLERK', 'APPLICATION', 'COLLECTIONS', 'PAYMENT', 'CONTINUATION')),
  account_id BIGINT NOT NULL,
  service TEXT NOT NULL,
  meter_number TEXT NOT NULL,
  application_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  disconnect_id BIGINT NOT NULL,
  amount_to_avoid_cents BIGINT NOT NULL CHECK (amount_to_avoid_cents BETWEEN 0 AND 1000000000000000),
  no_fee BIGINT NOT NULL CHECK (no_fee IN (0, 1)),
  instructions TEXT NOT NULL,
  wanted_date TEXT,
  override_reason TEXT NOT NULL,
  slot_id BIGINT NOT NULL,
  technician_id BIGINT NOT NULL,
  crew_id BIGINT NOT NULL,
  assignment_epoch BIGINT NOT NULL CHECK (assignment_epoch >= 0),
  earlier_order_id BIGINT NOT NULL,
  not_done_reason TEXT CHECK (not_done_reason IN ('NO_ACCESS', 'DOG', 'UNSAFE', 'WRONG_METER', 'CUSTOMER_PAID')),
  reason TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_time BIGINT NOT NULL,
  state_time BIGINT NOT NULL,
  PRIMARY KEY (premise_id, order_id)
);

-- Two clerks at once write one order of a type for a service of a place, unless one says why there are two.
CREATE UNIQUE INDEX work_order_open ON work_order (premise_id, service, type)
  WHERE origin = 'CLERK' AND override_reason = '' AND state NOT IN ('SUSPENDED', 'CLOSED', 'CANCELLED');

CREATE INDEX work_order_by_technician ON work_order (technician_id, state);

CREATE INDEX work_order_by_account ON work_order (account_id);

-- What the technician found and did: one row for an order whose work was done.
CREATE TABLE completion (
  premise_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  meter_number TEXT NOT NULL,
  read_thousandths BIGINT CHECK (read_thousandths >= 0),
  lower_read_confirmed BIGINT NOT NULL CHECK (lower_read_confirmed IN (0, 1)),
  supply_on BIGINT NOT NULL CHECK (supply_on IN (0, 1)),
  seal_number TEXT NOT NULL,
  door_hanger_left BIGINT NOT NULL CHECK (door_hanger_left IN (0, 1)),
  tag_serial TEXT NOT NULL,
  photo_sha256 TEXT NOT NULL,
  remark TEXT NOT NULL,
  work_date TEXT NOT NULL,
  PRIMARY KEY (premise_id, order_id),
  FOREIGN KEY (premise_id, order_id) REFERENCES work_order (premise_id, order_id)
);

-- What is known about the meters of a place: from the account service, and from closed orders.
CREATE TABLE meter (
  premise_id BIGINT NOT NULL,
  meter_number TEXT NOT NULL,
  service TEXT NOT NULL,
  register_digits BIGINT NOT NULL CHECK (register_digits BETWEEN 1 AND 9),
  last_read_thousandths BIGINT NOT NULL CHECK (last_read_thousandths >= 0),
  last_read_date TEXT,
  PRIMARY KEY (premise_id, meter_number)
);

CREATE TABLE slot (
  home BIGINT NOT NULL,
  slot_date TEXT NOT NULL,
  start_minute BIGINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1438),
  end_minute BIGINT NOT NULL CHECK (end_minute BETWEEN 1 AND 1439),
  capacity BIGINT NOT NULL CHECK (capacity BETWEEN 1 AND 1000),
  taken BIGINT NOT NULL,
  PRIMARY KEY (home),
  CHECK (start_minute < end_minute),
  CHECK (taken BETWEEN 0 AND capacity)
);

CREATE INDEX slot_by_date ON slot (slot_date, start_minute);

-- The places that an order has in slots: one that is held, one that is confirmed.
CREATE TABLE appointment (
  premise_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  slot_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('HELD', 'CONFIRMED')),
  expire_time BIGINT NOT NULL,
  PRIMARY KEY (premise_id, order_id, state),
  FOREIGN KEY (premise_id, order_id) REFERENCES work_order (premise_id, order_id)
);

CREATE INDEX appointment_by_slot ON appointment (slot_id, state);

CREATE TABLE crew (
  home BIGINT NOT NULL,
  name TEXT NOT NULL,
  lead_technician_id BIGINT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  PRIMARY KEY (home)
);

CREATE TABLE crew_member (
  home BIGINT NOT NULL,
  technician_id BIGINT NOT NULL,
  PRIMARY KEY (home, technician_id),
  FOREIGN KEY (home) REFERENCES crew (home)
);
