CREATE TABLE vault (
  drawer_id BIGINT NOT NULL PRIMARY KEY,
  next_entry_no BIGINT NOT NULL CHECK (next_entry_no > 0)
);

CREATE TABLE vault_cash (
  drawer_id BIGINT NOT NULL,
  denomination BIGINT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 0 AND 1000000000),
  PRIMARY KEY (drawer_id, denomination)
);

-- Money between two people. It stands with the drawer that gives or gets; the change fund with its vault.
CREATE TABLE transfer (
  drawer_id BIGINT NOT NULL,
  transfer_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('CHANGE_FUND', 'STARTING_CASH', 'TURN_IN')),
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'ACCEPTED', 'CANCELLED')),
  vault_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL CHECK (session_no >= 0),
  check_count BIGINT NOT NULL,
  check_cents BIGINT NOT NULL CHECK (check_cents BETWEEN 0 AND 1000000000000000),
  card_count BIGINT NOT NULL,
  card_cents BIGINT NOT NULL CHECK (card_cents BETWEEN 0 AND 1000000000000000),
  initiated_by BIGINT NOT NULL,
  initiated_time BIGINT NOT NULL,
  initiated_date TEXT NOT NULL,
  ended_by BIGINT NOT NULL,
  ended_time BIGINT NOT NULL,
  ended_date TEXT,
  cancel_reason TEXT NOT NULL,
  PRIMARY KEY (drawer_id, transfer_id),
  CHECK ((state = 'PENDING') = (ended_date IS NULL))
);

CREATE INDEX transfer_pending ON transfer (drawer_id, transfer_id) WHERE state = 'PENDING';

CREATE INDEX transfer_initiated ON transfer (initiated_by, initiated_date);

CREATE INDEX transfer_ended ON transfer (ended_by, ended_date);

CREATE TABLE transfer_cash (
  drawer_id BIGINT NOT NULL,
  transfer_id BIGINT NOT NULL,
  denomination BIGINT NOT NULL,
  pieces BIGINT NOT NULL CHECK (pieces BETWEEN 1 AND 1000000000),
  PRIMARY KEY (drawer_id, transfer_id, denomination)
);
