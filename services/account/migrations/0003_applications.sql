-- The rules by which applications are decided: a whole set from a date on. Small: a few a year.
CREATE TABLE policy (
  policy_id BIGINT NOT NULL PRIMARY KEY,
  effective_date TEXT NOT NULL,
  loaded_time BIGINT NOT NULL,
  gap_days_max BIGINT NOT NULL CHECK (gap_days_max BETWEEN 0 AND 366)
);

CREATE TABLE policy_charge (
  policy_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  code TEXT NOT NULL CHECK (code <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('DEPOSIT', 'FEE')),
  service TEXT NOT NULL CHECK (service <> ''),
  customer_class TEXT NOT NULL CHECK (customer_class IN ('RESIDENTIAL', 'NON_RESIDENTIAL')),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 0 AND 10000000),
  only_when_off BIGINT NOT NULL CHECK (only_when_off IN (0, 1)),
  basis TEXT NOT NULL CHECK (basis IN ('MINIMUM', 'ANTICIPATED')),
  months BIGINT NOT NULL CHECK (months BETWEEN 0 AND 12),
  late_payments_min BIGINT NOT NULL CHECK (late_payments_min BETWEEN 0 AND 12),
  waiver_months BIGINT NOT NULL CHECK (waiver_months BETWEEN 0 AND 120),
  waived_by_credit BIGINT NOT NULL CHECK (waived_by_credit IN (0, 1)),
  tag TEXT NOT NULL CHECK (tag IN ('BINDING', 'ADOPTED', 'TEMPLATE')),
  citation TEXT NOT NULL,
  quote TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (policy_id, line_no)
);

CREATE TABLE policy_checklist (
  policy_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  customer_type TEXT NOT NULL CHECK (customer_type IN ('OWNER', 'TENANT', 'LANDLORD', 'BUSINESS', 'BUILDER')),
  service TEXT NOT NULL,
  document TEXT NOT NULL CHECK (document <> ''),
  description TEXT NOT NULL,
  tag TEXT NOT NULL CHECK (tag IN ('BINDING', 'ADOPTED', 'TEMPLATE')),
  citation TEXT NOT NULL,
  quote TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (policy_id, line_no)
);

CREATE TABLE application (
  application_id BIGINT NOT NULL PRIMARY KEY CHECK (application_id > 0),
  version BIGINT NOT NULL CHECK (version > 0),
  customer_id BIGINT NOT NULL,
  premise_id BIGINT NOT NULL,
  customer_type TEXT NOT NULL CHECK (customer_type IN ('OWNER', 'TENANT', 'LANDLORD', 'BUSINESS', 'BUILDER')),
  customer_class TEXT NOT NULL CHECK (customer_class IN ('RESIDENTIAL', 'NON_RESIDENTIAL')),
  wanted_date TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('OPEN', 'COMPLETE', 'DECIDED', 'ACCEPTED', 'WITHDRAWN')),
  account_id BIGINT NOT NULL CHECK (account_id >= 0),
  charges_paid BIGINT NOT NULL CHECK (charges_paid IN (0, 1)),
  decided_by TEXT NOT NULL,
  policy_id BIGINT,
  total_cents BIGINT CHECK (total_cents BETWEEN 0 AND 1000000000000000),
  digest TEXT,
  salt TEXT NOT NULL CHECK (salt <> ''),
  CHECK ((state IN ('DECIDED', 'ACCEPTED')) = (digest IS NOT NULL) OR state = 'WITHDRAWN'),
  CHECK ((state = 'ACCEPTED') = (account_id > 0))
);

CREATE INDEX application_by_customer ON application (customer_id, application_id);

CREATE INDEX application_by_account ON application (account_id) WHERE account_id > 0;

CREATE TABLE application_point (
  application_id BIGINT NOT NULL,
  service_point_no BIGINT NOT NULL,
  service TEXT NOT NULL CHECK (service <> ''),
  monthly_cents BIGINT NOT NULL CHECK (monthly_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (application_id, service_point_no)
);

-- That a document was seen; its contents are not kept.
CREATE TABLE application_document (
  application_id BIGINT NOT NULL,
  document_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  reference TEXT NOT NULL,
  document_date TEXT NOT NULL,
  received_by TEXT NOT NULL,
  received_time BIGINT NOT NULL,
  PRIMARY KEY (application_id, document_no)
);

CREATE TABLE application_reference (
  application_id BIGINT NOT NULL,
  reference_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('PAYMENT_HISTORY', 'ACCEPTABLE_CREDIT')),
  issuer TEXT NOT NULL CHECK (issuer <> ''),
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  verified_by TEXT NOT NULL,
  verified_time BIGINT NOT NULL,
  PRIMARY KEY (application_id, reference_no)
);

CREATE TABLE decision_line (
  application_id BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  service_point_no BIGINT NOT NULL,
  service TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('DEPOSIT', 'FEE')),
  code TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('CHARGED', 'WAIVED', 'NOT_DUE')),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 0 AND 1000000000000000),
  reason TEXT NOT NULL,
  PRIMARY KEY (application_id, line_no)
);
