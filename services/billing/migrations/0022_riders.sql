-- Components that charge a rider, and the last day of a rider's value.
ALTER TABLE rate_term RENAME TO rate_term_before;

CREATE TABLE rate_term (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  component_no BIGINT NOT NULL,
  term TEXT NOT NULL CHECK (term IN ('AT_LEAST', 'BLOCKS', 'BOUND_OF', 'FACTOR', 'FLOW', 'FOR_SIZE', 'GALLONS_A_DAY',
    'GALLONS_A_UNIT', 'LANDSCAPE_FACTOR', 'LAST_DATE', 'METERED_BY', 'POWER_FACTOR', 'RIDER', 'ROUND_TO_CENTS', 'STEP')),
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
