-- A version is a draft until somebody other than its loader activates it; only then is anything priced with it. What
-- was loaded before this was so is in force: it has no revision, no loader and no activator.
ALTER TABLE rate_schedule ADD COLUMN state TEXT NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('DRAFT', 'ACTIVE'));
ALTER TABLE rate_schedule ADD COLUMN revision BIGINT NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE rate_schedule ADD COLUMN loaded_by_person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rate_schedule ADD COLUMN activated_by_person_id BIGINT NOT NULL DEFAULT 0
  CHECK (activated_by_person_id = 0 OR activated_by_person_id <> loaded_by_person_id);
ALTER TABLE rate_schedule ADD COLUMN preview_digest TEXT NOT NULL DEFAULT '';
