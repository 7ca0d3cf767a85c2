-- Attempts at what guards a secret (bind codes, tickets, operators' tokens, status links), counted for all servers together.
-- Rows live for minutes; PostgreSQL's own clock ends them, so that servers need not agree about the time.
create table rate_counters (
  purpose text not null check (purpose ~ '^[a-z-]{1,40}$'),
  -- SHA-256 of what is counted by, e.g. an account or a network: a dump of these rows tells nothing of either.
  subject_hash bytea not null,
  hits int not null check (hits > 0),
  ends_at timestamptz not null,
  primary key (purpose, subject_hash)
) with (fillfactor = 70);
create index rate_counters_by_end on rate_counters (ends_at);
