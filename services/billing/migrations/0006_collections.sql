-- Notices that were delivered.
CREATE TABLE notice (
  account_id BIGINT NOT NULL,
  notice_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('PAST_DUE', 'SHUTOFF', 'DOOR_TAG')),
  delivered_date TEXT NOT NULL,
  delivery_proof TEXT NOT NULL,
  PRIMARY KEY (account_id, notice_id)
);

-- Customers' requests for review.
CREATE TABLE dispute (
  account_id BIGINT NOT NULL,
  dispute_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'UPHELD', 'DENIED')),
  reason TEXT NOT NULL,
  decision TEXT NOT NULL,
  opened_date TEXT NOT NULL,
  opened_by_person_id BIGINT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, dispute_id),
  CHECK ((state = 'OPEN') = (decided_by_person_id = 0)),
  CHECK (opened_by_person_id <> decided_by_person_id)
);

CREATE UNIQUE INDEX dispute_open ON dispute (account_id) WHERE state = 'OPEN';

-- Requests for a cut; at most one of an account is open.
CREATE TABLE disconnect (
  account_id BIGINT NOT NULL,
  disconnect_id BIGINT NOT NULL,
  service TEXT NOT NULL,
  meter_number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'SATISFIED', 'CUT')),
  amount_to_avoid_cents BIGINT NOT NULL CHECK (amount_to_avoid_cents BETWEEN 1 AND 1000000000000000),
  paid_cents BIGINT NOT NULL CHECK (paid_cents BETWEEN 0 AND 1000000000000000),
  cut_date TEXT NOT NULL,
  notice_ids TEXT NOT NULL,
  PRIMARY KEY (account_id, disconnect_id)
);

CREATE UNIQUE INDEX disconnect_open ON disconnect (account_id) WHERE state = 'REQUESTED';

-- The rules of a cut. Lists are separated by commas: "PAST_DUE:10,SHUTOFF:5", "5".
CREATE TABLE shutoff_policy (
  effective_date TEXT NOT NULL PRIMARY KEY,
  citation TEXT NOT NULL,
  threshold_cents BIGINT NOT NULL CHECK (threshold_cents BETWEEN 0 AND 1000000000000000),
  notices TEXT NOT NULL,
  closed_weekdays TEXT NOT NULL,
  closed_before_holiday BIGINT NOT NULL CHECK (closed_before_holiday IN (0, 1)),
  first_minute BIGINT NOT NULL CHECK (first_minute BETWEEN 0 AND 1440),
  last_minute BIGINT NOT NULL CHECK (last_minute BETWEEN first_minute AND 1440)
);
