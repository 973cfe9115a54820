-- What meters measured by intervals, a day a row: `amounts` are runs of (intervals left out, intervals, amounts in
-- millionths of the unit) in base 128. A row is never changed; what comes later for the same day stands beside it, and
-- what was read goes before what was estimated. `line` is the first of the file that brought something of the row.
CREATE TABLE interval_day (
  account_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  meter_number TEXT NOT NULL,
  day TEXT NOT NULL,
  part_no BIGINT NOT NULL CHECK (part_no >= 1),
  minutes BIGINT NOT NULL CHECK (minutes IN (15, 30, 60)),
  source TEXT NOT NULL CHECK (source IN ('FILE', 'ESTIMATE')),
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL CHECK (line >= 0),
  amounts BYTEA NOT NULL,
  PRIMARY KEY (account_id, agreement_id, meter_number, day, part_no)
);

-- Interval files, known by their digest and attempt.
CREATE TABLE interval_import (
  import_id BIGINT NOT NULL PRIMARY KEY,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'COMPLETE')),
  next_line BIGINT NOT NULL CHECK (next_line >= 1),
  accepted_count BIGINT NOT NULL CHECK (accepted_count >= 0),
  repeated_count BIGINT NOT NULL CHECK (repeated_count >= 0),
  refused_count BIGINT NOT NULL CHECK (refused_count >= 0)
);

-- The parts in which a file came, so that a part sent again is known.
CREATE TABLE interval_part (
  import_id BIGINT NOT NULL,
  first_line BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  PRIMARY KEY (import_id, first_line),
  FOREIGN KEY (import_id) REFERENCES interval_import (import_id)
);

-- Rows that were not taken. Without a known meter the account is 0.
CREATE TABLE interval_exception (
  account_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  PRIMARY KEY (account_id, import_id, line)
);

CREATE INDEX interval_exception_by_import ON interval_exception (import_id, line);

-- How intervals are judged, gaps filled and loads measured, from a day on; for agreements under one schedule, or ('')
-- under any that has none of its own.
CREATE TABLE interval_policy (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  citation TEXT NOT NULL,
  tolerance_basis_points BIGINT NOT NULL CHECK (tolerance_basis_points BETWEEN 0 AND 10000),
  tolerance_thousandths BIGINT NOT NULL CHECK (tolerance_thousandths BETWEEN 0 AND 1000000000000),
  load_minutes BIGINT NOT NULL CHECK (load_minutes IN (15, 30, 60)),
  bridge_minutes_max BIGINT NOT NULL CHECK (bridge_minutes_max BETWEEN 0 AND 1440),
  like_day_count BIGINT NOT NULL CHECK (like_day_count BETWEEN 1 AND 20),
  PRIMARY KEY (schedule_code, effective_date)
);

-- What a part of a bill was priced with that its register does not say: its days as versions, meters and seasons divide
-- them, and of each what was used in all (`time` is '') and in each time of use.
CREATE TABLE bill_segment_time (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  stretch_no BIGINT NOT NULL CHECK (stretch_no >= 1),
  time TEXT NOT NULL,
  meter_no BIGINT NOT NULL CHECK (meter_no >= 1),
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths BETWEEN 0 AND 1000000000000),
  estimated_count BIGINT NOT NULL CHECK (estimated_count >= 0),
  PRIMARY KEY (account_id, bill_id, segment_no, stretch_no, time),
  CHECK (from_date < to_date)
);

-- The highest load of a part of a bill in each time that its version prices ('' is all day), the hour of the city's
-- clock at which it began, and those of earlier bills that count beside it, newest first.
CREATE TABLE bill_segment_load (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  time TEXT NOT NULL,
  load_thousandths BIGINT NOT NULL CHECK (load_thousandths BETWEEN 0 AND 1000000000000),
  window_minutes BIGINT NOT NULL CHECK (window_minutes IN (15, 30, 60)),
  load_date TEXT NOT NULL,
  load_minute BIGINT NOT NULL CHECK (load_minute BETWEEN 0 AND 1439),
  earlier_loads TEXT NOT NULL,
  PRIMARY KEY (account_id, bill_id, segment_no, time)
);

-- How averages of winter use are made for agreements under a schedule, from a day on.
CREATE TABLE winter_rule (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  citation TEXT NOT NULL,
  source_service TEXT NOT NULL,
  first_month BIGINT NOT NULL CHECK (first_month BETWEEN 1 AND 12),
  last_month BIGINT NOT NULL CHECK (last_month BETWEEN 1 AND 12),
  day_count_min BIGINT NOT NULL CHECK (day_count_min BETWEEN 1 AND 366),
  month_days_hundredths BIGINT NOT NULL CHECK (month_days_hundredths BETWEEN 0 AND 3100),
  step_thousandths BIGINT NOT NULL CHECK (step_thousandths >= 1),
  cap_thousandths BIGINT NOT NULL CHECK (cap_thousandths >= 0),
  default_thousandths BIGINT NOT NULL CHECK (default_thousandths >= 0),
  vacant_thousandths BIGINT NOT NULL CHECK (vacant_thousandths >= -1),
  leak_hundredths BIGINT NOT NULL CHECK (leak_hundredths >= 0),
  rise_hundredths BIGINT NOT NULL CHECK (rise_hundredths >= 0),
  PRIMARY KEY (schedule_code, effective_date)
);

-- Runs over all agreements under a schedule. Once one is signed, periods that end on its day or later are billed by its
-- averages; nothing is copied.
CREATE TABLE winter_run (
  run_id BIGINT NOT NULL PRIMARY KEY,
  schedule_code TEXT NOT NULL,
  rule_date TEXT NOT NULL,
  winter_year BIGINT NOT NULL,
  effective_date TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('COMPUTING', 'COMPUTED', 'SIGNED')),
  after_account_id BIGINT NOT NULL,
  started_by_person_id BIGINT NOT NULL,
  signed_by_person_id BIGINT NOT NULL,
  CHECK (signed_by_person_id <> started_by_person_id)
);

-- The average of an agreement in a run, and what it is billed by: 0 while it is held, or the schedule's own default.
CREATE TABLE winter_average (
  account_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  agreement_id BIGINT NOT NULL,
  bill_count BIGINT NOT NULL CHECK (bill_count >= 0),
  day_count BIGINT NOT NULL CHECK (day_count >= 0),
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths >= 0),
  computed_thousandths BIGINT NOT NULL CHECK (computed_thousandths >= 0),
  previous_thousandths BIGINT NOT NULL CHECK (previous_thousandths >= 0),
  problem TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('CLEAN', 'HELD', 'DECIDED')),
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths BETWEEN 0 AND 1000000000000),
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, run_id, agreement_id)
);

CREATE INDEX winter_average_by_run ON winter_average (run_id, state, account_id, agreement_id);
