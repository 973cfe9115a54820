-- Customers, and what was changed in their files.
CREATE TABLE customer (
  customer_id BIGINT NOT NULL PRIMARY KEY CHECK (customer_id > 0),
  version BIGINT NOT NULL CHECK (version > 0),
  kind TEXT NOT NULL CHECK (kind IN ('PERSON', 'BUSINESS')),
  name TEXT NOT NULL CHECK (name <> ''),
  other_name TEXT NOT NULL,
  mobile_phone TEXT NOT NULL,
  home_phone TEXT NOT NULL,
  work_phone TEXT NOT NULL,
  email TEXT NOT NULL,
  mailing_street TEXT NOT NULL,
  mailing_unit TEXT NOT NULL,
  mailing_city TEXT NOT NULL,
  mailing_region TEXT NOT NULL,
  mailing_postal_code TEXT NOT NULL,
  language TEXT NOT NULL,
  verification TEXT NOT NULL CHECK (verification IN ('UNVERIFIED', 'VERIFIED')),
  salt TEXT NOT NULL CHECK (salt <> ''),
  created_time BIGINT NOT NULL
);

CREATE TABLE customer_key (
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('NAME', 'PHONE', 'EMAIL')),
  search_key TEXT NOT NULL CHECK (search_key <> ''),
  PRIMARY KEY (customer_id, kind, search_key)
);

CREATE INDEX customer_key_by_key ON customer_key (kind, search_key);

CREATE TABLE customer_change (
  customer_id BIGINT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  field TEXT NOT NULL CHECK (field <> ''),
  before_value TEXT NOT NULL,
  after_value TEXT NOT NULL,
  changed_by TEXT NOT NULL CHECK (changed_by <> ''),
  changed_time BIGINT NOT NULL,
  PRIMARY KEY (customer_id, version, field)
);

-- Location files.
CREATE TABLE premise (
  premise_id BIGINT NOT NULL PRIMARY KEY CHECK (premise_id > 0),
  version BIGINT NOT NULL CHECK (version > 0),
  street TEXT NOT NULL CHECK (street <> ''),
  unit TEXT NOT NULL,
  city TEXT NOT NULL,
  region TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  address_key TEXT NOT NULL CHECK (address_key <> ''),
  customer_class TEXT NOT NULL CHECK (customer_class IN ('RESIDENTIAL', 'NON_RESIDENTIAL')),
  cycle BIGINT NOT NULL CHECK (cycle BETWEEN 1 AND 31)
);

CREATE INDEX premise_by_address ON premise (address_key, premise_id);

CREATE TABLE service_point (
  premise_id BIGINT NOT NULL,
  service_point_no BIGINT NOT NULL CHECK (service_point_no BETWEEN 1 AND 99),
  service TEXT NOT NULL CHECK (service <> ''),
  schedule_code TEXT NOT NULL CHECK (schedule_code <> ''),
  quantity_thousandths BIGINT NOT NULL CHECK (quantity_thousandths BETWEEN 1 AND 1000000000000),
  meter_number TEXT NOT NULL,
  register_digits BIGINT NOT NULL CHECK (register_digits BETWEEN 0 AND 9),
  multiplier_thousandths BIGINT NOT NULL CHECK (multiplier_thousandths BETWEEN 0 AND 1000000000),
  unit TEXT NOT NULL,
  supply TEXT NOT NULL CHECK (supply IN ('ON', 'OFF')),
  PRIMARY KEY (premise_id, service_point_no)
);

CREATE INDEX service_point_by_meter ON service_point (meter_number) WHERE meter_number <> '';
