-- More terms of schedules: bounds that have a constant part and limits, ratchets of some months, and times of use by half
-- hours, on Saturdays and on holidays.
ALTER TABLE rate_term RENAME TO rate_term_before;

CREATE TABLE rate_term (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  term TEXT NOT NULL CHECK (term IN (
    'AT_LEAST', 'BLOCKS', 'BOUND_AT_LEAST', 'BOUND_AT_MOST', 'BOUND_OF', 'BOUND_PLUS', 'FACTOR', 'FLOW',
    'FOR_SIZE', 'GALLONS_A_DAY', 'GALLONS_A_UNIT', 'LANDSCAPE_FACTOR', 'LAST_DATE', 'LOAD_HOLIDAY',
    'LOAD_OBSERVED', 'LOAD_SATURDAYS', 'LOAD_WEEKDAYS', 'LOAD_WEEKENDS', 'METERED_BY', 'POWER_FACTOR',
    'RATCHET_MONTH', 'RIDER', 'ROUND_TO_CENTS', 'STEP', 'USE_HOLIDAY', 'USE_OBSERVED', 'USE_SATURDAYS',
    'USE_WEEKDAYS', 'USE_WEEKENDS')),
  term_no BIGINT NOT NULL CHECK (term_no >= 0),
  number BIGINT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (schedule_code, effective_date, component_no, term, term_no),
  FOREIGN KEY (schedule_code, effective_date, component_no)
    REFERENCES rate_component (schedule_code, effective_date, component_no)
);

INSERT INTO rate_term (schedule_code, effective_date, component_no, term, term_no, number, word)
  SELECT schedule_code, effective_date, component_no, term, term_no, number, word FROM rate_term_before;
DROP TABLE rate_term_before;
