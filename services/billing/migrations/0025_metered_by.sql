-- Services that are billed by another's meter: sewer by the water meter of the place.
ALTER TABLE bill_segment ADD COLUMN metered_by TEXT NOT NULL DEFAULT '';
ALTER TABLE bill_segment ADD COLUMN metered_size TEXT NOT NULL DEFAULT '';
