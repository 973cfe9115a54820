-- A meter's stay at an agreement. The first begins with the agreement and has no day of its own; the day of an
-- exchange belongs to the meter that went. The agreement's own columns are those of the meter in place.
ALTER TABLE agreement ADD COLUMN meter_size TEXT NOT NULL DEFAULT '';

CREATE TABLE meter_installation (
  account_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  installation_no BIGINT NOT NULL CHECK (installation_no >= 1),
  meter_number TEXT NOT NULL CHECK (meter_number <> ''),
  meter_size TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit <> ''),
  register_digits BIGINT NOT NULL CHECK (register_digits BETWEEN 0 AND 9),
  multiplier_thousandths BIGINT NOT NULL CHECK (multiplier_thousandths BETWEEN 0 AND 1000000000),
  from_date TEXT,
  to_date TEXT,
  PRIMARY KEY (account_id, agreement_id, installation_no),
  CHECK ((installation_no = 1) = (from_date IS NULL))
);

CREATE INDEX meter_installation_ended ON meter_installation (account_id, to_date) WHERE to_date IS NOT NULL;

INSERT INTO meter_installation (account_id, agreement_id, installation_no, meter_number, meter_size, unit,
    register_digits, multiplier_thousandths)
  SELECT account_id, agreement_id, 1, meter_number, '', unit, register_digits, multiplier_thousandths
  FROM agreement WHERE meter_number <> '';

-- On the day of an exchange two meters are read.
ALTER TABLE meter_read RENAME TO meter_read_before;
DROP INDEX meter_read_by_day;

CREATE TABLE meter_read (
  account_id BIGINT NOT NULL,
  read_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  meter_number TEXT NOT NULL,
  read_date TEXT NOT NULL,
  read_thousandths BIGINT NOT NULL CHECK (read_thousandths BETWEEN 0 AND 1000000000000),
  source TEXT NOT NULL CHECK (source IN ('FILE', 'ORDER', 'OCCUPANT', 'TAKEN_OVER', 'EXCHANGE', 'ESTIMATE',
    'COUNTER', 'EDIT')),
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL CHECK (line >= 0),
  state TEXT NOT NULL CHECK (state IN ('ACCEPTED', 'SET_ASIDE')),
  PRIMARY KEY (account_id, read_id)
);

INSERT INTO meter_read (account_id, read_id, agreement_id, meter_number, read_date, read_thousandths, source,
    import_id, line, state)
  SELECT account_id, read_id, agreement_id, meter_number, read_date, read_thousandths, source, import_id, line, state
  FROM meter_read_before;
DROP TABLE meter_read_before;

CREATE UNIQUE INDEX meter_read_by_day ON meter_read (account_id, agreement_id, read_date, meter_number)
  WHERE state = 'ACCEPTED';

-- The meters of a part of a bill in whose days one was exchanged, in their order. A part that one meter measured has
-- no row here: its reads and use are the segment's own.
CREATE TABLE bill_segment_meter (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  installation_no BIGINT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  start_read_thousandths BIGINT NOT NULL,
  end_read_thousandths BIGINT NOT NULL,
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths >= 0),
  PRIMARY KEY (account_id, bill_id, segment_no, installation_no),
  CHECK (from_date < to_date)
);

-- Methods of estimating what nobody could read.
CREATE TABLE estimate_policy (
  effective_date TEXT NOT NULL PRIMARY KEY,
  citation TEXT NOT NULL,
  basis TEXT NOT NULL CHECK (basis IN ('PRIOR', 'SAME_SEASON')),
  period_count BIGINT NOT NULL CHECK (period_count BETWEEN 1 AND 24),
  drops_extremes BIGINT NOT NULL CHECK (drops_extremes IN (0, 1)),
  in_a_row_max BIGINT NOT NULL CHECK (in_a_row_max BETWEEN 1 AND 12)
);

-- Whether the part of a bill ends with an estimate.
ALTER TABLE bill_segment ADD COLUMN estimated BIGINT NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1));

-- What became of a row that waited for somebody.
ALTER TABLE read_exception ADD COLUMN state TEXT NOT NULL DEFAULT 'OPEN'
  CHECK (state IN ('OPEN', 'ACCEPTED', 'DISCARDED'));

CREATE INDEX read_exception_open ON read_exception (account_id, import_id, line) WHERE queued = 1 AND state = 'OPEN';
