-- An address that a customer chose in WeChat's own list, on its way from the mini-program's native page to the web-view of
-- the same account. One row an account; the clean-up deletes it after it has expired.
create table address_picks (
  account_id text primary key,
  pick text not null check (pick ~ '^[0-9a-f]{32}$'),
  name text not null check (char_length(name) between 1 and 30),
  phone text not null check (char_length(phone) between 5 and 20),
  region text not null check (char_length(region) between 1 and 60),
  detail text not null check (char_length(detail) between 1 and 120),
  expires_at timestamptz not null
);
create index address_picks_by_expiry on address_picks (expires_at);
