-- Requests that were carried out, each once: what was asked, and what was answered.
CREATE TABLE request (
  home BIGINT NOT NULL,
  caller TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL CHECK (request_id <> ''),
  fingerprint BYTEA NOT NULL,
  response BYTEA NOT NULL,
  feed_token TEXT NOT NULL,
  created_time BIGINT NOT NULL,
  PRIMARY KEY (home, caller, method, request_id)
);

-- Who did what. Each chain is gapless, and every entry's hash covers the one before it and, where a
-- request asked for the change, that request's row.
CREATE TABLE audit_entry (
  home BIGINT NOT NULL,
  chain BIGINT NOT NULL,
  sequence BIGINT NOT NULL CHECK (sequence > 0),
  version BIGINT NOT NULL,
  caller TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL CHECK (ordinal > 0),
  entity TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  action TEXT NOT NULL,
  before_state TEXT NOT NULL,
  after_state TEXT NOT NULL,
  request_hash BYTEA,
  created_time BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (home, chain, sequence),
  CHECK ((request_id = '') = (request_hash IS NULL))
);

CREATE INDEX audit_entry_by_chain ON audit_entry (chain, sequence);

CREATE TABLE audit_head (
  chain BIGINT NOT NULL PRIMARY KEY CHECK (chain BETWEEN 0 AND 63),
  length BIGINT NOT NULL CHECK (length >= 0),
  hash BYTEA,
  CHECK ((length = 0) = (hash IS NULL))
);

INSERT INTO audit_head (chain, length)
WITH RECURSIVE shard (chain) AS (SELECT 0 UNION ALL SELECT chain + 1 FROM shard WHERE chain < 63)
SELECT chain, 0 FROM shard;
