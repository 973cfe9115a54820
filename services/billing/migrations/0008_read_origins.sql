-- Where a read comes from, as in read_exception: the line of a file, or the order or agreement that brought it and 0.
-- A read that was taken over with its account has neither.
ALTER TABLE meter_read ADD COLUMN import_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meter_read ADD COLUMN line BIGINT NOT NULL DEFAULT 0 CHECK (line >= 0);
