-- Places that money has a number for.
CREATE TABLE drawer (
  drawer_id BIGINT NOT NULL PRIMARY KEY CHECK (drawer_id > 0),
  kind TEXT NOT NULL CHECK (kind IN ('COUNTER', 'VAULT')),
  name TEXT NOT NULL CHECK (name <> ''),
  last_session_no BIGINT NOT NULL CHECK (last_session_no >= 0)
);

-- One cashier's time with a drawer. The totals are what it should hold now.
CREATE TABLE drawer_session (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL CHECK (session_no > 0),
  person_id BIGINT NOT NULL,
  cashier_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'COUNTED', 'CLOSED', 'TURNED_IN')),
  business_date TEXT NOT NULL,
  opened_time BIGINT NOT NULL,
  next_receipt_no BIGINT NOT NULL CHECK (next_receipt_no > 0),
  next_entry_no BIGINT NOT NULL CHECK (next_entry_no > 0),
  cash_cents BIGINT NOT NULL CHECK (cash_cents BETWEEN 0 AND 1000000000000000),
  check_count BIGINT NOT NULL CHECK (check_count >= 0),
  check_cents BIGINT NOT NULL CHECK (check_cents BETWEEN 0 AND 1000000000000000),
  card_count BIGINT NOT NULL CHECK (card_count >= 0),
  card_cents BIGINT NOT NULL CHECK (card_cents BETWEEN 0 AND 1000000000000000),
  over_short_reason TEXT NOT NULL,
  closed_by BIGINT NOT NULL,
  closed_time BIGINT NOT NULL,
  closed_date TEXT,
  anchor_length BIGINT NOT NULL CHECK (anchor_length >= 0),
  anchor_hash BYTEA,
  PRIMARY KEY (drawer_id, session_no)
);

CREATE UNIQUE INDEX drawer_session_live ON drawer_session (drawer_id) WHERE state <> 'TURNED_IN';

CREATE INDEX drawer_session_of_person ON drawer_session (person_id, business_date);

-- The pieces behind a session's cash_cents.
CREATE TABLE drawer_cash (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  denomination BIGINT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 0 AND 1000000000),
  PRIMARY KEY (drawer_id, session_no, denomination)
);

-- The blind count, beside what was expected then.
CREATE TABLE drawer_count (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  expected_check_count BIGINT NOT NULL,
  expected_check_cents BIGINT NOT NULL CHECK (expected_check_cents BETWEEN 0 AND 1000000000000000),
  expected_card_count BIGINT NOT NULL,
  expected_card_cents BIGINT NOT NULL CHECK (expected_card_cents BETWEEN 0 AND 1000000000000000),
  counted_check_count BIGINT NOT NULL,
  counted_check_cents BIGINT NOT NULL CHECK (counted_check_cents BETWEEN 0 AND 1000000000000000),
  counted_card_count BIGINT NOT NULL,
  counted_card_cents BIGINT NOT NULL CHECK (counted_card_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (drawer_id, session_no)
);

CREATE TABLE drawer_count_cash (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL,
  denomination BIGINT NOT NULL,
  expected_pieces BIGINT NOT NULL CHECK (expected_pieces BETWEEN 0 AND 1000000000),
  counted_pieces BIGINT NOT NULL CHECK (counted_pieces BETWEEN 0 AND 1000000000),
  PRIMARY KEY (drawer_id, session_no, denomination)
);

-- Who has a drawer now: one at a time. A row for each person at work, so it does not grow.
CREATE TABLE cashier (
  person_id BIGINT NOT NULL PRIMARY KEY,
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL
);
