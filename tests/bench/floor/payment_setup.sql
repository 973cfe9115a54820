-- The floor of the payment bench: the tables of payment and billing in one database (schemas payment and billing, made by
-- their own migrations), with as many accounts, open charges and drawers as the bench has. :accounts and :drawers are set
-- by psql.
CREATE SEQUENCE floor_receipt CACHE 100;
CREATE SEQUENCE floor_entry CACHE 100;
CREATE SEQUENCE floor_event CACHE 100;
CREATE SEQUENCE floor_audit CACHE 100;

INSERT INTO billing.billing_account
SELECT n, n, 'RESIDENTIAL', 'OPEN', 0, 0 FROM generate_series(1, :accounts) n;

INSERT INTO billing.charge
SELECT n, service_no, n, 'service-' || service_no, 'USAGE', 'Bill due 2026-12-15', '2026-12-15', 0, 1000000000, 1000000000
FROM generate_series(1, :accounts) n, generate_series(1, 5) service_no;

INSERT INTO payment.drawer_session (drawer_id, session_no, person_id, cashier_name, state, business_date, opened_time,
  next_receipt_no, next_entry_no, cash_cents, check_count, check_cents, card_count, card_cents, over_short_reason, closed_by,
  closed_time, anchor_length)
SELECT n, 1, n, 'Cashier', 'OPEN', '2026-11-22', 0, 1, 1, 0, 0, 0, 0, 0, '', 0, 0, 0 FROM generate_series(1, :drawers) n;

VACUUM ANALYZE;
