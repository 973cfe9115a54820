-- Print files: the statements of a posted cycle, or of one bill, that leave together. Totals are of all its statements
-- and stand once it is made.
CREATE TABLE print_file (
  print_file_id BIGINT NOT NULL PRIMARY KEY,
  cycle_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('MAKING', 'MADE', 'RELEASED', 'REFUSING', 'REFUSED')),
  city_date TEXT NOT NULL,
  cutoff_time BIGINT NOT NULL,
  payment_token TEXT NOT NULL,
  days_to_pay_min BIGINT NOT NULL CHECK (days_to_pay_min BETWEEN 0 AND 60),
  statement_count BIGINT NOT NULL CHECK (statement_count >= 0),
  line_count BIGINT NOT NULL CHECK (line_count >= 0),
  movement_count BIGINT NOT NULL CHECK (movement_count >= 0),
  previous_cents BIGINT NOT NULL CHECK (previous_cents BETWEEN -1000000000000000 AND 1000000000000000),
  payment_cents BIGINT NOT NULL CHECK (payment_cents BETWEEN -1000000000000000 AND 1000000000000000),
  other_cents BIGINT NOT NULL CHECK (other_cents BETWEEN -1000000000000000 AND 1000000000000000),
  charge_cents BIGINT NOT NULL CHECK (charge_cents BETWEEN -1000000000000000 AND 1000000000000000),
  new_balance_cents BIGINT NOT NULL CHECK (new_balance_cents BETWEEN -1000000000000000 AND 1000000000000000),
  amount_due_cents BIGINT NOT NULL CHECK (amount_due_cents BETWEEN 0 AND 1000000000000000),
  sha256 TEXT NOT NULL,
  made_by_person_id BIGINT NOT NULL,
  decided_by_person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  CHECK (made_by_person_id <> decided_by_person_id)
);

CREATE INDEX print_file_by_cycle ON print_file (cycle_id);

-- Ranges of accounts that are made, or made void, in one transaction each.
CREATE TABLE print_page (
  print_file_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL CHECK (page_no >= 1),
  lane BIGINT NOT NULL,
  after_account_id BIGINT NOT NULL,
  through_account_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PLANNED', 'MADE', 'VOID')),
  PRIMARY KEY (print_file_id, page_no),
  CHECK (after_account_id < through_account_id),
  FOREIGN KEY (print_file_id) REFERENCES print_file (print_file_id)
);

-- What a customer is sent. `live` is 0 once its file is refused: nothing is deleted.
CREATE TABLE statement (
  account_id BIGINT NOT NULL,
  statement_no BIGINT NOT NULL CHECK (statement_no >= 1),
  print_file_id BIGINT NOT NULL,
  previous_no BIGINT NOT NULL CHECK (previous_no >= 0),
  due_date TEXT NOT NULL,
  previous_cents BIGINT NOT NULL CHECK (previous_cents BETWEEN -1000000000000000 AND 1000000000000000),
  payment_cents BIGINT NOT NULL CHECK (payment_cents BETWEEN -1000000000000000 AND 1000000000000000),
  other_cents BIGINT NOT NULL CHECK (other_cents BETWEEN -1000000000000000 AND 1000000000000000),
  charge_cents BIGINT NOT NULL CHECK (charge_cents BETWEEN -1000000000000000 AND 1000000000000000),
  new_balance_cents BIGINT NOT NULL CHECK (new_balance_cents BETWEEN -1000000000000000 AND 1000000000000000),
  past_due_cents BIGINT NOT NULL CHECK (past_due_cents BETWEEN 0 AND 1000000000000000),
  amount_due_cents BIGINT NOT NULL CHECK (amount_due_cents BETWEEN 0 AND 1000000000000000),
  line_count BIGINT NOT NULL CHECK (line_count >= 0),
  movement_count BIGINT NOT NULL CHECK (movement_count >= 0),
  live BIGINT NOT NULL CHECK (live IN (0, 1)),
  PRIMARY KEY (account_id, statement_no)
);

CREATE INDEX statement_by_file ON statement (print_file_id, account_id);

-- Which entries of the journal stand on which statement: each on one that is live.
CREATE TABLE statement_entry (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  statement_no BIGINT NOT NULL,
  live BIGINT NOT NULL CHECK (live IN (0, 1)),
  PRIMARY KEY (account_id, entry_id, statement_no)
);

CREATE UNIQUE INDEX statement_entry_live ON statement_entry (account_id, entry_id) WHERE live = 1;
CREATE INDEX statement_entry_of ON statement_entry (account_id, statement_no);

-- Which bills are printed on it, with their lines.
CREATE TABLE statement_bill (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  statement_no BIGINT NOT NULL,
  live BIGINT NOT NULL CHECK (live IN (0, 1)),
  PRIMARY KEY (account_id, bill_id, statement_no)
);

CREATE UNIQUE INDEX statement_bill_live ON statement_bill (account_id, bill_id) WHERE live = 1;
CREATE INDEX statement_bill_of ON statement_bill (account_id, statement_no);

-- Why an account is not in a file.
CREATE TABLE statement_withheld (
  account_id BIGINT NOT NULL,
  print_file_id BIGINT NOT NULL,
  cause TEXT NOT NULL,
  bill_id BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  acknowledged_by_person_id BIGINT NOT NULL,
  acknowledgement TEXT NOT NULL,
  PRIMARY KEY (account_id, print_file_id, cause),
  CHECK ((acknowledged_by_person_id = 0) = (acknowledgement = ''))
);

CREATE INDEX statement_withheld_by_file ON statement_withheld (print_file_id, account_id);
