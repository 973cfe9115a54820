-- A version is a draft until somebody other than its loader activates it; only then is anything priced with it. What
-- was loaded before this was so is in force: it has no revision, no loader and no activator.
ALTER TABLE rate_schedule ADD COLUMN state TEXT NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('DRAFT', 'ACTIVE'));
ALTER TABLE rate_schedule ADD COLUMN revision BIGINT NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE rate_schedule ADD COLUMN loaded_by_person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rate_schedule ADD COLUMN activated_by_person_id BIGINT NOT NULL DEFAULT 0
  CHECK (activated_by_person_id = 0 OR activated_by_person_id <> loaded_by_person_id);
ALTER TABLE rate_schedule ADD COLUMN preview_digest TEXT NOT NULL DEFAULT '';

-- A time of use and the hours that it has: for each of the 24 hours of the twelve months a letter, y or n.
CREATE TABLE rate_time (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('USE', 'LOAD')),
  time_no BIGINT NOT NULL CHECK (time_no BETWEEN 0 AND 25),
  name TEXT NOT NULL,
  weekday_hours TEXT NOT NULL CHECK (length(weekday_hours) = 288),
  weekend_hours TEXT NOT NULL CHECK (length(weekend_hours) = 288),
  PRIMARY KEY (schedule_code, effective_date, what, time_no),
  FOREIGN KEY (schedule_code, effective_date) REFERENCES rate_schedule (schedule_code, effective_date)
);
