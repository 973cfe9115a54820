-- Components that are lines' ceiling, or what they come to if they are rounded together.
ALTER TABLE rate_tier RENAME TO rate_tier_before;
ALTER TABLE rate_component RENAME TO rate_component_before;

CREATE TABLE rate_component (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('FIXED', 'TIERS', 'PER_UNIT', 'PERCENT', 'NOT_LOADED', 'METER_SIZE', 'DEMAND',
    'WINTER_AVERAGE', 'MINIMUM', 'MAXIMUM', 'ROUND_OFF')),
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
    season_from, season_to, use_period, ratchet_nanos, ratchet_month_count, cap_thousandths, default_thousandths,
    at_most_use, of_components)
  SELECT schedule_code, effective_date, component_no, kind, name, rate_nanos, unit, per, widths, season_from, season_to,
    use_period, ratchet_nanos, ratchet_month_count, cap_thousandths, default_thousandths, at_most_use, of_components
  FROM rate_component_before;
INSERT INTO rate_tier (schedule_code, effective_date, component_no, tier_no, up_to_thousandths, meter_size, rate_nanos)
  SELECT schedule_code, effective_date, component_no, tier_no, up_to_thousandths, meter_size, rate_nanos
  FROM rate_tier_before;
DROP TABLE rate_tier_before;
DROP TABLE rate_component_before;

-- A term that few components have. What a version says is digested row by row, so that terms which come later are rows
-- of their own: the digests of versions that do not have them stay as they are.
CREATE TABLE rate_term (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  term TEXT NOT NULL CHECK (term IN ('AT_LEAST', 'BLOCKS', 'BOUND_OF', 'FACTOR', 'FLOW', 'FOR_SIZE', 'GALLONS_A_DAY',
    'GALLONS_A_UNIT', 'LANDSCAPE_FACTOR', 'POWER_FACTOR', 'ROUND_TO_CENTS', 'STEP')),
  term_no BIGINT NOT NULL CHECK (term_no >= 0),
  number BIGINT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (schedule_code, effective_date, component_no, term, term_no),
  FOREIGN KEY (schedule_code, effective_date, component_no)
    REFERENCES rate_component (schedule_code, effective_date, component_no)
);
