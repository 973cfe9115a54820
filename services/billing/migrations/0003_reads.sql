-- Register reads. A read that a review set aside stays on record, and a day may then be read again.
CREATE TABLE meter_read (
  account_id BIGINT NOT NULL,
  read_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  meter_number TEXT NOT NULL,
  read_date TEXT NOT NULL,
  read_thousandths BIGINT NOT NULL CHECK (read_thousandths BETWEEN 0 AND 1000000000000),
  source TEXT NOT NULL CHECK (source IN ('FILE', 'ORDER', 'OCCUPANT', 'TAKEN_OVER')),
  state TEXT NOT NULL CHECK (state IN ('ACCEPTED', 'SET_ASIDE')),
  PRIMARY KEY (account_id, read_id)
);

CREATE UNIQUE INDEX meter_read_by_day ON meter_read (account_id, agreement_id, read_date)
  WHERE state = 'ACCEPTED';

-- Reading files, known by their digest.
CREATE TABLE read_import (
  import_id BIGINT NOT NULL PRIMARY KEY,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'COMPLETE')),
  next_line BIGINT NOT NULL CHECK (next_line >= 1),
  accepted_count BIGINT NOT NULL CHECK (accepted_count >= 0),
  queued_count BIGINT NOT NULL CHECK (queued_count >= 0),
  refused_count BIGINT NOT NULL CHECK (refused_count >= 0)
);

-- The parts in which a file came, so that a part sent again is known.
CREATE TABLE read_part (
  import_id BIGINT NOT NULL,
  first_line BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  PRIMARY KEY (import_id, first_line),
  FOREIGN KEY (import_id) REFERENCES read_import (import_id)
);

-- Rows that did not become reads. Without a known meter the account is 0; a read that came from no file has the
-- id of its order or of the change of occupant as import and line 0.
CREATE TABLE read_exception (
  account_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  reason TEXT NOT NULL,
  queued BIGINT NOT NULL CHECK (queued IN (0, 1)),
  excerpt TEXT NOT NULL,
  PRIMARY KEY (account_id, import_id, line)
);

CREATE INDEX read_exception_by_import ON read_exception (import_id, line);
