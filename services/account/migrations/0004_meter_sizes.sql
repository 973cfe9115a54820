-- Size of the meter at a service point as the city names it; empty if it is not known.
ALTER TABLE service_point ADD COLUMN meter_size TEXT NOT NULL DEFAULT '';
