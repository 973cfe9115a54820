-- What two people found of the checks in a vault (drawer_id) that its drawers had counted differently.
CREATE TABLE check_difference (
  drawer_id BIGINT NOT NULL,
  difference_id BIGINT NOT NULL,
  counted_count BIGINT NOT NULL,
  counted_cents BIGINT NOT NULL CHECK (counted_cents BETWEEN 0 AND 1000000000000000),
  found_count BIGINT NOT NULL,
  found_cents BIGINT NOT NULL CHECK (found_cents BETWEEN 0 AND 1000000000000000),
  reason TEXT NOT NULL,
  accepted_by BIGINT NOT NULL,
  accepted_time BIGINT NOT NULL,
  accepted_date TEXT NOT NULL,
  deposit_id BIGINT,
  PRIMARY KEY (drawer_id, difference_id)
);

CREATE INDEX check_difference_by_deposit ON check_difference (drawer_id, deposit_id);
