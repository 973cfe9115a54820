-- Why a read that counted counts no more, where no review of a bill set it aside: a better one stands in its place
-- (`by_read_id`, 0 if none does), it was an estimate that a read made void, or the exchange that it was of is reversed.
CREATE TABLE read_correction (
  account_id BIGINT NOT NULL,
  read_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('REPLACED', 'ESTIMATE_CANCELLED', 'EXCHANGE_REVERSED')),
  by_read_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  corrected_date TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (account_id, read_id)
);

-- Who said what became of a row that waited, and why. Empty while it waits.
ALTER TABLE read_exception ADD COLUMN resolved_by_person_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE read_exception ADD COLUMN resolved_date TEXT;
ALTER TABLE read_exception ADD COLUMN resolution TEXT NOT NULL DEFAULT '';

-- An exchange that was reversed: the meter never measured this agreement, and its number is not given again.
ALTER TABLE meter_installation ADD COLUMN reversed BIGINT NOT NULL DEFAULT 0 CHECK (reversed IN (0, 1));

-- The installation in place, beside its meter; 0: unmetered.
ALTER TABLE agreement ADD COLUMN installation_no BIGINT NOT NULL DEFAULT 0;
UPDATE agreement SET installation_no = coalesce((SELECT max(m.installation_no) FROM meter_installation m
  WHERE m.account_id = agreement.account_id AND m.agreement_id = agreement.agreement_id), 0);

-- The installation that ended a part of a bill: what is found out later of its days changes no part that was
-- cancelled. 0: unmetered.
ALTER TABLE bill_segment ADD COLUMN installation_no BIGINT NOT NULL DEFAULT 0;
UPDATE bill_segment SET installation_no = coalesce((SELECT min(m.installation_no) FROM meter_installation m
  WHERE m.account_id = bill_segment.account_id AND m.agreement_id = bill_segment.agreement_id AND
    (m.to_date IS NULL OR m.to_date >= bill_segment.to_date)), 0);

-- Numbers of meters that were put in or taken out by exchanges. Whoever installs a meter holds its row first: two
-- exchanges of one meter come one behind the other.
CREATE TABLE exchanged_meter (
  meter_number TEXT NOT NULL PRIMARY KEY
);
INSERT INTO exchanged_meter (meter_number)
  SELECT DISTINCT m.meter_number FROM meter_installation m JOIN meter_installation n ON n.account_id = m.account_id AND
    n.agreement_id = m.agreement_id AND n.installation_no = 2;

CREATE INDEX meter_installation_by_meter ON meter_installation (meter_number);
