-- A journal entry may also be the reversal of a bill.
ALTER TABLE journal_entry RENAME TO journal_entry_before_rebills;

CREATE TABLE journal_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('BILL', 'APPLICATION', 'PAYMENT', 'REVERSAL', 'CREDIT', 'ADJUSTMENT',
    'ADJUSTMENT_REVERSAL', 'BILL_REVERSAL')),
  source TEXT NOT NULL,
  business_date TEXT NOT NULL,
  posted_time BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

INSERT INTO journal_entry (account_id, entry_id, kind, source, business_date, posted_time)
  SELECT account_id, entry_id, kind, source, business_date, posted_time FROM journal_entry_before_rebills;
DROP TABLE journal_entry_before_rebills;

-- Whether a charge was cancelled: what was paid for it has become credit, and nothing is owed for it again.
ALTER TABLE charge ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));

-- A run that bills the days of one bill again, and the day whose prices it takes: that of the bill. 0 and NULL for the
-- run of a cycle.
ALTER TABLE cycle_run ADD COLUMN rebilled_bill_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cycle_run ADD COLUMN priced_date TEXT;

-- Posted bills that were cancelled: the reversal in the books is the entry of the same day. `misread_services` lists
-- those whose last read was set aside.
CREATE TABLE bill_cancellation (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('METER', 'READ', 'ESTIMATE', 'RATE', 'SETUP', 'FRAUD')),
  reason TEXT NOT NULL,
  discovered_date TEXT NOT NULL,
  misread_services TEXT NOT NULL,
  cancelled_date TEXT NOT NULL,
  cancelled_by_person_id BIGINT NOT NULL,
  freed_cents BIGINT NOT NULL CHECK (freed_cents BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id)
);

-- A bill that bills the days of a cancelled one again, and the limits that were in force then (NULL: none were).
CREATE TABLE bill_rebill (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  rebilled_bill_id BIGINT NOT NULL,
  rebill_no BIGINT NOT NULL CHECK (rebill_no >= 1),
  cause TEXT NOT NULL CHECK (cause IN ('METER', 'READ', 'ESTIMATE', 'RATE', 'SETUP', 'FRAUD')),
  reason TEXT NOT NULL,
  discovered_date TEXT NOT NULL,
  policy_date TEXT,
  PRIMARY KEY (account_id, bill_id)
);

-- What is owed for such a bill once it is posted: what the cancelled one charged keeps its day.
CREATE TABLE rebill_charge (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  charge_no BIGINT NOT NULL CHECK (charge_no >= 1),
  service TEXT NOT NULL,
  due_date TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  PRIMARY KEY (account_id, bill_id, charge_no)
);

-- Limits of back-billing and refunds from a day on. A template is shown and cuts nothing.
CREATE TABLE rebill_policy (
  effective_date TEXT NOT NULL PRIMARY KEY,
  jurisdiction TEXT NOT NULL,
  citation TEXT NOT NULL,
  binding TEXT NOT NULL CHECK (binding IN ('BINDING', 'ADOPTED', 'TEMPLATE')),
  backbill_month_count BIGINT NOT NULL CHECK (backbill_month_count BETWEEN 0 AND 240),
  discovery_month_count BIGINT NOT NULL CHECK (discovery_month_count BETWEEN 0 AND 240),
  fraud_exempt BIGINT NOT NULL CHECK (fraud_exempt IN (0, 1)),
  refund_month_count BIGINT NOT NULL CHECK (refund_month_count BETWEEN 0 AND 240),
  cash_refund_above_cents BIGINT NOT NULL CHECK (cash_refund_above_cents BETWEEN 0 AND 1000000000000000),
  cash_refund_average_count BIGINT NOT NULL CHECK (cash_refund_average_count BETWEEN 0 AND 24),
  interest BIGINT NOT NULL CHECK (interest IN (0, 1)),
  taker_day_count BIGINT NOT NULL CHECK (taker_day_count BETWEEN 0 AND 366),
  loaded_by_person_id BIGINT NOT NULL
);
