-- Whoever works with the suite. Nobody is ever deleted. The number is made of the login (staff.h), so the primary key
-- keeps logins apart.
CREATE TABLE person (
  person_id BIGINT NOT NULL PRIMARY KEY CHECK (person_id > 0),
  login TEXT NOT NULL,
  display_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'DISABLED')),
  password_hash TEXT NOT NULL,
  created_time BIGINT NOT NULL,
  revocation_number BIGINT NOT NULL CHECK (revocation_number >= 0)
);

CREATE INDEX person_by_revocation ON person (revocation_number);

-- The last revocation number that was given. One row for the suite, locked last by whoever revokes: so the numbers
-- become visible in their order.
CREATE TABLE revocation_counter (
  person_id BIGINT NOT NULL PRIMARY KEY CHECK (person_id = 0),
  number BIGINT NOT NULL CHECK (number >= 0)
);

INSERT INTO revocation_counter (person_id, number) VALUES (0, 0);

-- Failed sign-ins in a row.
CREATE TABLE sign_in_failures (
  person_id BIGINT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL CHECK (failures > 0),
  last_failure_time BIGINT NOT NULL,
  locked_until_time BIGINT NOT NULL
);

-- Only the SHA-256 of a token is kept.
CREATE TABLE session (
  person_id BIGINT NOT NULL,
  token_hash BYTEA NOT NULL,
  created_time BIGINT NOT NULL,
  used_time BIGINT NOT NULL,
  absolute_end_time BIGINT NOT NULL,
  ended_time BIGINT,
  PRIMARY KEY (person_id, token_hash)
);

CREATE INDEX session_by_token ON session (token_hash);

CREATE TABLE role (
  role TEXT NOT NULL PRIMARY KEY,
  description TEXT NOT NULL
);

CREATE TABLE role_permission (
  role TEXT NOT NULL,
  permission TEXT NOT NULL,
  PRIMARY KEY (role, permission)
);

-- Pairs of permissions that no person may hold together, the smaller name first.
CREATE TABLE duty_separation (
  first_permission TEXT NOT NULL,
  second_permission TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (first_permission, second_permission),
  CHECK (first_permission < second_permission)
);

CREATE TABLE person_role (
  person_id BIGINT NOT NULL,
  role TEXT NOT NULL,
  granted_time BIGINT NOT NULL,
  PRIMARY KEY (person_id, role)
);

CREATE TABLE role_grant (
  person_id BIGINT NOT NULL,
  grant_id BIGINT NOT NULL,
  role TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'DECLINED')),
  requested_by BIGINT NOT NULL,
  requested_time BIGINT NOT NULL,
  decided_by BIGINT,
  decided_time BIGINT,
  PRIMARY KEY (person_id, grant_id),
  CHECK ((state = 'REQUESTED') = (decided_by IS NULL)),
  CHECK ((state = 'REQUESTED') = (decided_time IS NULL))
);

CREATE INDEX role_grant_waiting ON role_grant (state, person_id, grant_id);
