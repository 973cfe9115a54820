-- Which schedules a cycle needs, in as many steps as it has, whatever the number of its agreements.
CREATE INDEX agreement_by_schedule ON agreement (cycle, schedule_code, service, unit);

-- The version of a print file's records: a file that was sealed is written again as it was.
ALTER TABLE print_file ADD COLUMN record_version BIGINT NOT NULL DEFAULT 1 CHECK (record_version IN (1, 2));
