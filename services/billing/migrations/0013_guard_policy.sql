-- A policy of the guard is a draft until somebody other than its loader activates it. What was loaded before this was so
-- is in force: it has no revision, no loader and no activator.
ALTER TABLE guard_policy ADD COLUMN revision BIGINT NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE guard_policy ADD COLUMN state TEXT NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('DRAFT', 'ACTIVE'));
ALTER TABLE guard_policy ADD COLUMN loaded_by_person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE guard_policy ADD COLUMN activated_by_person_id BIGINT NOT NULL DEFAULT 0
  CHECK ((activated_by_person_id = 0 OR activated_by_person_id <> loaded_by_person_id) AND
    (revision >= 1 OR state = 'ACTIVE'));

-- The policy by which a run is judged, from its start to its end: its day, or DEFAULTS; empty of a run from before this
-- was kept.
ALTER TABLE cycle_run ADD COLUMN guard_policy TEXT NOT NULL DEFAULT '';

-- A long period whose blocks are as wide as its days: so many days are a month; 0: blocks as the version has them.
ALTER TABLE bill_segment ADD COLUMN month_days BIGINT NOT NULL DEFAULT 0 CHECK (month_days BETWEEN 0 AND 400);

-- More decisions than that a bill is right or that its reads are wrong.
ALTER TABLE bill_review RENAME TO bill_review_before;
CREATE TABLE bill_review (
  account_id BIGINT NOT NULL,
  bill_id BIGINT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('RELEASE', 'CONFIRM_HOLD', 'KEEP_READS', 'BILL_AS_MONTHS')),
  reason TEXT NOT NULL,
  reviewed_by_person_id BIGINT NOT NULL,
  reviewed_date TEXT NOT NULL,
  review_seconds BIGINT NOT NULL CHECK (review_seconds BETWEEN 0 AND 86400),
  release_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, bill_id)
);
INSERT INTO bill_review SELECT account_id, bill_id, decision, reason, reviewed_by_person_id, reviewed_date,
  review_seconds, release_id FROM bill_review_before;
DROP TABLE bill_review_before;

-- A mass release that bills long periods as months.
ALTER TABLE mass_release ADD COLUMN as_months BIGINT NOT NULL DEFAULT 0 CHECK (as_months IN (0, 1));

-- Who was at a place before.
CREATE INDEX agreement_by_premise ON agreement (premise_id, service);

-- More kinds of figures: what is held, what cannot be priced, days at places that changed hands. BLOCKS is of runs from
-- before blocks were told apart: those rows stand in the trail, and are read on.
ALTER TABLE cycle_tally RENAME TO cycle_tally_before;
CREATE TABLE cycle_tally (
  cycle_id BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SERVICE', 'COMPONENT', 'BLOCKS', 'PRICE', 'LONG_PERIOD', 'NOT_BILLED', 'DAYS_BROKEN',
    'HELD', 'UNPRICED', 'POINT_TWICE', 'POINT_GAP')),
  service TEXT NOT NULL,
  subject TEXT NOT NULL,
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  day_count BIGINT NOT NULL,
  quantity_thousandths BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  before_cents BIGINT NOT NULL CHECK (before_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (cycle_id, page_no, kind, service, subject),
  FOREIGN KEY (cycle_id, page_no) REFERENCES cycle_page (cycle_id, page_no)
);
INSERT INTO cycle_tally SELECT cycle_id, page_no, kind, service, subject, row_count, day_count,
  quantity_thousandths, amount_cents, before_cents FROM cycle_tally_before;
DROP TABLE cycle_tally_before;

-- Of each line of the register, what is on bills that were held when it was calculated; nothing of a run from before
-- this was told apart.
ALTER TABLE cycle_register ADD COLUMN held_agreement_count BIGINT;
ALTER TABLE cycle_register ADD COLUMN held_quantity_thousandths BIGINT;
ALTER TABLE cycle_register ADD COLUMN held_amount_cents BIGINT CHECK (held_amount_cents BETWEEN 0 AND 1000000000000000);
