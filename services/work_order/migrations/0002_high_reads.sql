-- The technician has seen that the register stands far above the last read.
ALTER TABLE completion ADD COLUMN high_read_confirmed BIGINT NOT NULL DEFAULT 0 CHECK (high_read_confirmed IN (0, 1));
