-- Each activation makes the next tariff: `tariff_no` of a version is the first that it is in, of a run the one that it
-- prices by from its start to its end. Tariff 1 is what was in force before they were counted; 0 is a draft, a version
-- of that tariff, or a run from before this was kept.
ALTER TABLE rate_schedule ADD COLUMN tariff_no BIGINT NOT NULL DEFAULT 0 CHECK (tariff_no >= 0);
ALTER TABLE cycle_run ADD COLUMN tariff_no BIGINT NOT NULL DEFAULT 0 CHECK (tariff_no >= 0);

-- The components without a value that whoever activated the version named one by one: numbers, in their order.
ALTER TABLE rate_schedule ADD COLUMN acknowledged_components TEXT NOT NULL DEFAULT '';

-- Drafts that were taken away before anything was priced with them. `content` is the digest of what they said.
CREATE TABLE rate_withdrawal (
  schedule_code TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  revision BIGINT NOT NULL CHECK (revision >= 1),
  content TEXT NOT NULL,
  loaded_by_person_id BIGINT NOT NULL,
  withdrawn_by_person_id BIGINT NOT NULL,
  withdrawn_date TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (schedule_code, effective_date, revision)
);
