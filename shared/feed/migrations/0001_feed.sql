-- Which history the positions belong to: one row. A restore that may have lost writes makes a new epoch.
CREATE TABLE feed_epoch (
  feed TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL CHECK (epoch <> '')
);

-- The head of each partition: the last position given and its event's hash (none yet: NULL). Locked last.
CREATE TABLE feed_head (
  partition_id BIGINT NOT NULL PRIMARY KEY CHECK (partition_id BETWEEN 0 AND 1023),
  position BIGINT NOT NULL CHECK (position >= 0),
  hash BYTEA,
  CHECK ((position = 0) = (hash IS NULL))
);

CREATE TABLE feed_event (
  home BIGINT NOT NULL,
  partition_id BIGINT NOT NULL,
  position BIGINT NOT NULL CHECK (position > 0),
  type TEXT NOT NULL,
  payload BYTEA NOT NULL,
  cause TEXT NOT NULL,
  created_time BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (home, partition_id, position)
);

CREATE INDEX feed_event_by_position ON feed_event (partition_id, position);

-- What this service has applied of its neighbours' feeds.
CREATE TABLE feed_applied (
  feed TEXT NOT NULL PRIMARY KEY,
  token TEXT NOT NULL
);
