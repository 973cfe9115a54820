-- Debits are positive, credits negative; the lines of an entry sum to zero. A vault's own entries have session 0.
CREATE TABLE posting (
  drawer_id BIGINT NOT NULL,
  session_no BIGINT NOT NULL CHECK (session_no >= 0),
  entry_no BIGINT NOT NULL CHECK (entry_no > 0),
  line_no BIGINT NOT NULL CHECK (line_no > 0),
  kind TEXT NOT NULL CHECK (kind IN ('PAYMENT', 'VOID', 'OVER_SHORT', 'TRANSFER_SENT', 'TRANSFER_RECEIVED',
    'TRANSFER_RETURNED', 'DEPOSIT')),
  reference BIGINT NOT NULL,
  ledger_account TEXT NOT NULL CHECK (ledger_account <> ''),
  fund TEXT NOT NULL CHECK (fund <> ''),
  amount_cents BIGINT NOT NULL CHECK (amount_cents <> 0 AND amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  business_date TEXT NOT NULL,
  PRIMARY KEY (drawer_id, session_no, entry_no, line_no)
);
