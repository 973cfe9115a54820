-- Which schedules a cycle needs, in as many steps as it has, whatever the number of its agreements.
CREATE INDEX agreement_by_schedule ON agreement (cycle, schedule_code, service, unit);
