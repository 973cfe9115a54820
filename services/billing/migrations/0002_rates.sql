-- Published prices, one version a row; loaded once and never changed. These tables grow with the city's rate
-- cases, not with its work.
CREATE TABLE rate_schedule (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  service TEXT NOT NULL,
  title TEXT NOT NULL,
  citation TEXT NOT NULL,
  usage_unit TEXT NOT NULL,
  usage_ratio_max_hundredths BIGINT NOT NULL CHECK (usage_ratio_max_hundredths >= 0),
  usage_per_day_max_thousandths BIGINT NOT NULL CHECK (usage_per_day_max_thousandths >= 0),
  PRIMARY KEY (schedule_code, effective_date)
);

CREATE TABLE rate_component (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('FIXED', 'TIERS', 'PER_UNIT', 'PERCENT', 'NOT_LOADED')),
  name TEXT NOT NULL,
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN 0 AND 1000000000000000),
  unit TEXT NOT NULL,
  PRIMARY KEY (schedule_code, effective_date, component_no),
  FOREIGN KEY (schedule_code, effective_date) REFERENCES rate_schedule (schedule_code, effective_date)
);

CREATE TABLE rate_tier (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  tier_no BIGINT NOT NULL,
  up_to_thousandths BIGINT,
  rate_nanos BIGINT NOT NULL CHECK (rate_nanos BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (schedule_code, effective_date, component_no, tier_no),
  FOREIGN KEY (schedule_code, effective_date, component_no)
    REFERENCES rate_component (schedule_code, effective_date, component_no)
);
