CREATE TABLE payment (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  receipt_no BIGINT NOT NULL CHECK (receipt_no > 0),
  account_id BIGINT NOT NULL CHECK (account_id > 0),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  scanline TEXT NOT NULL,
  business_date TEXT NOT NULL,
  taken_time BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('TAKEN', 'VOID_REQUESTED', 'VOIDED')),
  void_reason TEXT NOT NULL,
  void_requested_by BIGINT NOT NULL,
  void_approved_by BIGINT NOT NULL,
  void_date TEXT,
  PRIMARY KEY (drawer_id, session_no, receipt_no),
  CHECK ((state = 'VOIDED') = (void_date IS NOT NULL))
);

CREATE TABLE tender (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  receipt_no BIGINT NOT NULL,
  tender_no BIGINT NOT NULL CHECK (tender_no > 0),
  kind TEXT NOT NULL CHECK (kind IN ('CASH', 'CHECK', 'CARD')),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  check_number TEXT NOT NULL,
  bank_last4 TEXT NOT NULL,
  card_token TEXT NOT NULL,
  PRIMARY KEY (drawer_id, session_no, receipt_no, tender_no)
);

-- The pieces that crossed the counter: IN from the customer, CHANGE and VOID to the customer.
CREATE TABLE payment_cash (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  receipt_no BIGINT NOT NULL,
  flow TEXT NOT NULL CHECK (flow IN ('IN', 'CHANGE', 'VOID')),
  denomination BIGINT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  PRIMARY KEY (drawer_id, session_no, receipt_no, flow, denomination)
);

CREATE TABLE payment_direction (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  receipt_no BIGINT NOT NULL,
  direction_no BIGINT NOT NULL CHECK (direction_no > 0),
  service TEXT NOT NULL CHECK (service <> ''),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  PRIMARY KEY (drawer_id, session_no, receipt_no, direction_no)
);
