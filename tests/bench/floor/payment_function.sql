-- The same payment as one call of a function on the server: the fewest round trips that SQL can have.
CREATE FUNCTION floor_payment(drawer BIGINT, account BIGINT, amount BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  receipt BIGINT;
  entry BIGINT;
  event BIGINT;
  audit BIGINT;
BEGIN
  receipt := nextval('floor_receipt');
  entry := nextval('floor_entry');
  event := nextval('floor_event');
  audit := nextval('floor_audit');
  INSERT INTO payment.request VALUES (drawer, 'person/42', 'reeve.payment.v1.PaymentService/TakePayment', 'bench-' || receipt, decode(repeat('ab', 32), 'hex'), decode(repeat('cd', 120), 'hex'), repeat('t', 60), 1);
  INSERT INTO payment.payment VALUES (drawer, 1, receipt, account, amount, '', '2026-11-22', 1, 'TAKEN', '', 0, 0, NULL);
  INSERT INTO payment.tender VALUES (drawer, 1, receipt, 1, 'CHECK', amount, '1001', '', '');
  INSERT INTO payment.posting VALUES (drawer, 1, receipt, 1, 'PAYMENT', receipt, 'drawer-checks', 'pooled-cash', amount, '2026-11-22'), (drawer, 1, receipt, 2, 'PAYMENT', receipt, 'clearing', 'pooled-cash', -amount, '2026-11-22');
  UPDATE payment.drawer_session SET next_receipt_no = next_receipt_no + 1, next_entry_no = next_entry_no + 1, check_count = check_count + 1, check_cents = check_cents + amount WHERE drawer_id = drawer AND session_no = 1;
  INSERT INTO payment.audit_entry VALUES (drawer, drawer % 64, audit, 1, 'person/42', 'reeve.payment.v1.PaymentService/TakePayment', 'bench-' || receipt, 1, 'payment', 'receipt', 'take', '', repeat('x', 60), decode(repeat('ab', 32), 'hex'), 1, decode(repeat('ef', 32), 'hex'));
  INSERT INTO payment.feed_event VALUES (drawer, drawer % 4, event, 'reeve.payment.v1.PaymentTaken', decode(repeat('cd', 60), 'hex'), '', 1, decode(repeat('ef', 32), 'hex'));
  PERFORM credit_cents FROM billing.billing_account WHERE account_id = account FOR UPDATE;
  PERFORM charge_id, open_cents FROM billing.charge WHERE account_id = account AND open_cents > 0;
  INSERT INTO billing.payment_credit VALUES (account, receipt, 'APPLIED', entry, amount, '', '2026-11-22', '');
  INSERT INTO billing.journal_entry VALUES (account, entry, 'PAYMENT', receipt, '2026-11-22', 1, '2026-11-22', entry);
  INSERT INTO billing.posting VALUES (account, entry, 1, 'clearing', 'pooled-cash', amount), (account, entry, 2, 'receivable-electric', 'electric', -amount + 500), (account, entry, 3, 'receivable-water', 'water', -500);
  INSERT INTO billing.allocation VALUES (account, entry, 1, 1, amount - 500), (account, entry, 2, 2, 500);
  UPDATE billing.charge SET open_cents = open_cents - CASE charge_id WHEN 1 THEN amount - 500 ELSE 500 END WHERE account_id = account AND charge_id IN (1, 2);
  INSERT INTO billing.feed_event VALUES (account, account % 4, event, 'reeve.billing.v1.PaymentApplied', decode(repeat('cd', 60), 'hex'), repeat('t', 60), 1, decode(repeat('ef', 32), 'hex'));
END $$;
