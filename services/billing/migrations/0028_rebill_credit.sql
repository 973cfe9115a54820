-- What a bill that was made again took back beyond what its cancellation and the rebills before it had counted, and who approved it
-- (0: it was within the limit of whoever made it, or took nothing back, or is from before).
ALTER TABLE bill_rebill ADD COLUMN credited_cents BIGINT NOT NULL DEFAULT 0
  CHECK (credited_cents BETWEEN 0 AND 1000000000000000);
ALTER TABLE bill_rebill ADD COLUMN approved_by_person_id BIGINT NOT NULL DEFAULT 0;
