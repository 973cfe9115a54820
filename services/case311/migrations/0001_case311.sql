-- The contact log. An interaction is its own home: `home` is its number.
CREATE TABLE interaction (
  home BIGINT NOT NULL PRIMARY KEY CHECK (home > 0),
  channel TEXT NOT NULL
    CHECK (channel IN ('COUNTER', 'PHONE', 'MAIL', 'EMAIL', 'WEB', 'APP', 'STAFF', 'OTHER')),
  language TEXT NOT NULL,
  topic TEXT NOT NULL CHECK (topic <> ''),
  note TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  contact_address TEXT NOT NULL,
  account_id BIGINT CHECK (account_id > 0),
  person_id BIGINT NOT NULL,
  logged_time BIGINT NOT NULL
);

CREATE INDEX interaction_by_time ON interaction (logged_time, home);

CREATE INDEX interaction_by_account ON interaction (account_id, logged_time, home);

-- The catalogue: small, and one home.
CREATE TABLE case_type (
  home BIGINT NOT NULL CHECK (home = 0),
  case_type_code TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  department TEXT NOT NULL,
  service_level_minutes BIGINT NOT NULL CHECK (service_level_minutes BETWEEN 0 AND 100000),
  confidential BIGINT NOT NULL CHECK (confidential BETWEEN 0 AND 1),
  version BIGINT NOT NULL CHECK (version > 0),
  PRIMARY KEY (home, case_type_code)
);

-- Districts in which another department does it.
CREATE TABLE case_type_route (
  home BIGINT NOT NULL CHECK (home = 0),
  case_type_code TEXT NOT NULL,
  district BIGINT NOT NULL CHECK (district BETWEEN 1 AND 99),
  department TEXT NOT NULL,
  PRIMARY KEY (home, case_type_code, district),
  FOREIGN KEY (home, case_type_code) REFERENCES case_type (home, case_type_code)
);

-- What was asked of the city, ours (source is empty) and imported. Closed means closed for its caller.
CREATE TABLE case_record (
  case_id BIGINT NOT NULL PRIMARY KEY CHECK (case_id > 0),
  case_type_code TEXT NOT NULL CHECK (case_type_code <> ''),
  state TEXT NOT NULL CHECK (state IN ('ROUTED', 'ACCEPTED', 'RESOLVED', 'CLOSED')),
  outcome TEXT CHECK (outcome IN ('FIXED', 'NO_ACTION', 'DUPLICATE', 'REFERRED', 'WITHDRAWN')),
  department TEXT NOT NULL CHECK (department <> ''),
  address TEXT NOT NULL,
  district BIGINT NOT NULL CHECK (district BETWEEN 0 AND 99),
  description TEXT NOT NULL,
  channel TEXT NOT NULL
    CHECK (channel IN ('COUNTER', 'PHONE', 'MAIL', 'EMAIL', 'WEB', 'APP', 'STAFF', 'OTHER')),
  interaction_id BIGINT CHECK (interaction_id > 0),
  assignee_person_id BIGINT CHECK (assignee_person_id > 0),
  opened_time BIGINT NOT NULL,
  target_time BIGINT CHECK (target_time >= opened_time),
  closed_time BIGINT CHECK (closed_time >= opened_time),
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  CHECK ((state IN ('RESOLVED', 'CLOSED')) = (closed_time IS NOT NULL)),
  CHECK (outcome IS NULL OR state = 'CLOSED'),
  CHECK ((source = '') = (source_id = ''))
);

CREATE INDEX case_open_by_department ON case_record (department, target_time, case_id)
  WHERE closed_time IS NULL AND source = '';

CREATE INDEX case_by_opened_time ON case_record (source, opened_time);

-- All that happened to a case. Never updated, never deleted.
CREATE TABLE case_history (
  case_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL CHECK (sequence > 0),
  event TEXT NOT NULL CHECK (event IN ('OPENED', 'IMPORTED', 'ROUTED', 'ACCEPTED', 'RESOLVED', 'REOPENED', 'CLOSED',
    'NOTED')),
  state TEXT NOT NULL CHECK (state IN ('ROUTED', 'ACCEPTED', 'RESOLVED', 'CLOSED')),
  department TEXT NOT NULL,
  note TEXT NOT NULL,
  note_is_public BIGINT NOT NULL CHECK (note_is_public BETWEEN 0 AND 1),
  person_id BIGINT CHECK (person_id > 0),
  recorded_time BIGINT NOT NULL,
  PRIMARY KEY (case_id, sequence),
  FOREIGN KEY (case_id) REFERENCES case_record (case_id)
);
