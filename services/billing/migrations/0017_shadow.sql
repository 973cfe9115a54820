-- A file of the old system's bills for one cycle, and how far its comparison with Reeve's bills has come.
CREATE TABLE shadow (
  shadow_id BIGINT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('LOADING', 'LOADED', 'COMPARING', 'COMPARED', 'LIVE')),
  cycle BIGINT NOT NULL CHECK (cycle BETWEEN 1 AND 31),
  period_end_date TEXT NOT NULL,
  bill_date TEXT NOT NULL,
  file_name TEXT NOT NULL,
  next_line BIGINT NOT NULL CHECK (next_line >= 1),
  comparison_no BIGINT NOT NULL CHECK (comparison_no >= 0),
  compared_date TEXT,
  through_account_id BIGINT NOT NULL,
  account_count BIGINT NOT NULL CHECK (account_count >= 0),
  same_account_count BIGINT NOT NULL CHECK (same_account_count >= 0),
  loaded_by_person_id BIGINT NOT NULL,
  live_by_person_id BIGINT NOT NULL CHECK (live_by_person_id <> loaded_by_person_id),
  CHECK ((state = 'LIVE') = (live_by_person_id <> 0))
);

-- What came, and what was compared, in one transaction: of comparison 0 the parts of the file by their first line, with
-- their SHA-256; of another its pages by the account behind which they begin, with their last one.
CREATE TABLE shadow_page (
  shadow_id BIGINT NOT NULL,
  comparison_no BIGINT NOT NULL CHECK (comparison_no >= 0),
  page_no BIGINT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (shadow_id, comparison_no, page_no),
  FOREIGN KEY (shadow_id) REFERENCES shadow (shadow_id)
);

-- Counts, units and dollars by service: of comparison 0 what the file says of itself, of another what each page of Reeve's
-- bills comes to.
CREATE TABLE shadow_total (
  shadow_id BIGINT NOT NULL,
  comparison_no BIGINT NOT NULL,
  page_no BIGINT NOT NULL,
  service TEXT NOT NULL,
  unit TEXT NOT NULL,
  account_count BIGINT NOT NULL CHECK (account_count >= 0),
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths BETWEEN 0 AND 1000000000000000),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY (shadow_id, comparison_no, page_no, service, unit),
  FOREIGN KEY (shadow_id, comparison_no, page_no) REFERENCES shadow_page (shadow_id, comparison_no, page_no)
);

-- The lines of the old system's bills, as the file has them.
CREATE TABLE shadow_line (
  account_id BIGINT NOT NULL,
  shadow_id BIGINT NOT NULL,
  line BIGINT NOT NULL CHECK (line >= 2),
  page_no BIGINT NOT NULL,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  unit TEXT NOT NULL,
  usage_thousandths BIGINT NOT NULL CHECK (usage_thousandths BETWEEN 0 AND 1000000000000),
  quantity_thousandths BIGINT CHECK (quantity_thousandths BETWEEN 0 AND 1000000000000),
  amount_cents BIGINT NOT NULL CHECK (amount_cents BETWEEN -1000000000000 AND 1000000000000),
  PRIMARY KEY (account_id, shadow_id, line),
  CHECK (from_date < to_date)
);

CREATE INDEX shadow_line_by_shadow ON shadow_line (shadow_id, account_id, line);

-- Why Reeve's bills are not the old ones.
CREATE TABLE shadow_difference (
  account_id BIGINT NOT NULL,
  shadow_id BIGINT NOT NULL,
  comparison_no BIGINT NOT NULL CHECK (comparison_no >= 1),
  difference_no BIGINT NOT NULL CHECK (difference_no >= 1),
  page_no BIGINT NOT NULL,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  cause TEXT NOT NULL,
  effect_cents BIGINT NOT NULL CHECK (effect_cents BETWEEN -1000000000000000 AND 1000000000000000),
  evidence TEXT NOT NULL,
  PRIMARY KEY (account_id, shadow_id, comparison_no, difference_no)
);

CREATE INDEX shadow_difference_by_shadow ON shadow_difference (shadow_id, comparison_no, account_id, difference_no);

-- The differences of a comparison by cause and service, and the two people who answer for each.
CREATE TABLE shadow_cause (
  shadow_id BIGINT NOT NULL,
  comparison_no BIGINT NOT NULL CHECK (comparison_no >= 1),
  cause TEXT NOT NULL,
  service TEXT NOT NULL,
  difference_count BIGINT NOT NULL CHECK (difference_count >= 1),
  effect_cents BIGINT NOT NULL CHECK (effect_cents BETWEEN -1000000000000000 AND 1000000000000000),
  first_person_id BIGINT NOT NULL,
  first_reason TEXT NOT NULL,
  second_person_id BIGINT NOT NULL,
  second_reason TEXT NOT NULL,
  PRIMARY KEY (shadow_id, comparison_no, cause, service),
  FOREIGN KEY (shadow_id) REFERENCES shadow (shadow_id),
  CHECK (second_person_id = 0 OR (first_person_id <> 0 AND first_person_id <> second_person_id)),
  CHECK ((first_person_id = 0) = (first_reason = '') AND (second_person_id = 0) = (second_reason = ''))
);
