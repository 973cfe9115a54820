-- How a version reads its prices. The defaults are what every version meant before it could say so.
ALTER TABLE rate_schedule ADD COLUMN effect TEXT NOT NULL DEFAULT 'READ' CHECK (effect IN ('READ', 'USE', 'BILL'));
ALTER TABLE rate_schedule ADD COLUMN day_count TEXT NOT NULL DEFAULT 'AFTER_FIRST'
  CHECK (day_count IN ('AFTER_FIRST', 'BEFORE_LAST', 'BOTH'));
ALTER TABLE rate_schedule ADD COLUMN season_by TEXT NOT NULL DEFAULT 'DAY' CHECK (season_by IN ('DAY', 'LAST_DAY'));
ALTER TABLE rate_schedule ADD COLUMN prorated_when TEXT NOT NULL DEFAULT 'NEVER'
  CHECK (prorated_when IN ('NEVER', 'ALWAYS', 'OUTSIDE'));
ALTER TABLE rate_schedule ADD COLUMN days_min BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rate_schedule ADD COLUMN days_max BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rate_schedule ADD COLUMN month_days BIGINT NOT NULL DEFAULT 30;
ALTER TABLE rate_schedule ADD COLUMN month_divisor BIGINT NOT NULL DEFAULT 1;
ALTER TABLE rate_schedule ADD COLUMN rounding TEXT NOT NULL DEFAULT 'HALF_UP'
  CHECK (rounding IN ('HALF_UP', 'HALF_EVEN', 'DOWN', 'UP'));
ALTER TABLE rate_schedule ADD COLUMN round_to_cents BIGINT NOT NULL DEFAULT 1 CHECK (round_to_cents IN (1, 5, 10, 100));
ALTER TABLE rate_schedule ADD COLUMN split_step_thousandths BIGINT NOT NULL DEFAULT 1 CHECK (split_step_thousandths >= 1);

ALTER TABLE rate_tier RENAME TO rate_tier_before;
ALTER TABLE rate_component RENAME TO rate_component_before;

CREATE TABLE rate_component (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('FIXED', 'TIERS', 'PER_UNIT', 'PERCENT', 'NOT_LOADED', 'METER_SIZE', 'DEMAND',
    'WINTER_AVERAGE', 'MINIMUM')),
  name TEXT NOT NULL,
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN -1000000000000000 AND 1000000000000000),
  unit TEXT NOT NULL,
  per TEXT NOT NULL CHECK (per IN ('BILL', 'DAY', 'MONTH')),
  widths TEXT NOT NULL CHECK (widths IN ('BILL', 'DAY', 'THIRTY_DAYS', 'MONTH')),
  season_from BIGINT,
  season_to BIGINT,
  use_period TEXT NOT NULL,
  ratchet_nanos BIGINT,
  ratchet_month_count BIGINT,
  cap_thousandths BIGINT CHECK (cap_thousandths > 0),
  default_thousandths BIGINT CHECK (default_thousandths > 0),
  at_most_use BIGINT NOT NULL CHECK (at_most_use IN (0, 1)),
  of_components TEXT NOT NULL,
  PRIMARY KEY (schedule_code, effective_date, component_no),
  FOREIGN KEY (schedule_code, effective_date) REFERENCES rate_schedule (schedule_code, effective_date)
);

-- Blocks of a component, or its prices by size of the meter.
CREATE TABLE rate_tier (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  tier_no BIGINT NOT NULL,
  up_to_thousandths BIGINT,
  meter_size TEXT NOT NULL,
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (schedule_code, effective_date, component_no, tier_no),
  FOREIGN KEY (schedule_code, effective_date, component_no)
    REFERENCES rate_component (schedule_code, effective_date, component_no)
);

INSERT INTO rate_component (schedule_code, effective_date, component_no, kind, name, rate_nanos, unit, per, widths,
    use_period, at_most_use, of_components)
  SELECT schedule_code, effective_date, component_no, kind, name, rate_nanos, unit, 'BILL', 'BILL', '', 0, ''
  FROM rate_component_before;
INSERT INTO rate_tier (schedule_code, effective_date, component_no, tier_no, up_to_thousandths, meter_size, rate_nanos)
  SELECT schedule_code, effective_date, component_no, tier_no, up_to_thousandths, '', rate_nanos FROM rate_tier_before;
DROP TABLE rate_tier_before;
DROP TABLE rate_component_before;

-- Printed lines: amount = rate x quantity / divisor, rounded once. `version_date` is the first day of the version that
-- priced the line, `day_count` the days that it is for; NULL for the segment's own.
ALTER TABLE bill_line RENAME TO bill_line_before;

CREATE TABLE bill_line (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  segment_no BIGINT NOT NULL,
  version_date TEXT,
  component_no BIGINT NOT NULL,
  tier_no BIGINT NOT NULL,
  quantity_thousandths BIGINT NOT NULL,
  quantity_divisor BIGINT NOT NULL CHECK (quantity_divisor >= 1),
  day_count BIGINT CHECK (day_count >= 1),
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN -1000000000000000 AND 1000000000000000),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id, line_no)
);

INSERT INTO bill_line (account_id, bill_id, line_no, segment_no, component_no, tier_no, quantity_thousandths,
    quantity_divisor, rate_nanos, amount_cents)
  SELECT account_id, bill_id, line_no, segment_no, component_no, tier_no, quantity_thousandths, 1, rate_nanos, amount_cents
  FROM bill_line_before;
DROP TABLE bill_line_before;
