-- How much whoever holds a permission takes back alone by cancelled bills: "bill.limit_biller=20000", separated by commas. Without
-- any, everything takes two.
ALTER TABLE rebill_policy ADD COLUMN limits TEXT NOT NULL DEFAULT '';
ALTER TABLE rebill_policy ADD COLUMN limit_day_count BIGINT NOT NULL DEFAULT 0 CHECK (limit_day_count BETWEEN 0 AND 366);

-- What a cancelled bill took back, less what was owed for the bill that took its place at once, and who approved it (0: it was
-- within the limit of whoever cancelled it, or is from before).
ALTER TABLE bill_cancellation ADD COLUMN credited_cents BIGINT NOT NULL DEFAULT 0
  CHECK (credited_cents BETWEEN 0 AND 1000000000000000);
ALTER TABLE bill_cancellation ADD COLUMN approved_by_person_id BIGINT NOT NULL DEFAULT 0;

-- Corrections that wait for a second person, or did. `due_date` of one that bills again, NULL of one that only cancels.
CREATE TABLE correction_proposal (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  proposal_no BIGINT NOT NULL CHECK (proposal_no >= 1),
  cause TEXT NOT NULL CHECK (cause IN ('METER', 'READ', 'ESTIMATE', 'RATE', 'SETUP', 'FRAUD')),
  reason TEXT NOT NULL,
  discovered_date TEXT NOT NULL,
  misread_services TEXT NOT NULL,
  due_date TEXT,
  credit_cents BIGINT NOT NULL CHECK (credit_cents BETWEEN 0 AND 1000000000000000),
  state TEXT NOT NULL CHECK (state IN ('PROPOSED', 'APPROVED', 'DECLINED', 'WITHDRAWN')),
  proposed_date TEXT NOT NULL,
  proposed_by_person_id BIGINT NOT NULL,
  decided_date TEXT,
  decided_by_person_id BIGINT NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY (account_id, bill_id, proposal_no),
  CHECK ((state = 'PROPOSED') = (decided_date IS NULL))
);

CREATE UNIQUE INDEX correction_proposal_waiting ON correction_proposal (account_id, bill_id) WHERE state = 'PROPOSED';
