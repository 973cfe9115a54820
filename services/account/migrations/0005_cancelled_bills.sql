-- Bills that billing has cancelled since: they are owed no more.
ALTER TABLE bill_fact ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));
