-- One openid of an appid and one unionid an account. Rows from before this rule may break it and stay as they are (`sole`
-- null); every row that is written or joined from now on has `sole` and is held to it.
alter table identities add column sole boolean check (sole);
alter table unions add column sole boolean check (sole);

-- Where a row belongs when a join is undone: the account that it had before the join. Null: it was this account's own, or was
-- joined before this column and cannot be told.
alter table identities add column origin_id text;
alter table sessions add column origin_id text;
alter table orders add column origin_id text;

-- A shared computer's session: its cookie ends with the browser.
alter table sessions add column is_shared boolean not null default false;
-- The cookie has the prefix __Host-, and is not believed without it. False: from before, or without https.
alter table sessions add column is_prefixed boolean not null default false;
alter table oauth_states add column is_prefixed boolean not null default false;
-- The callback that is exchanging its code now, and how many have tried. `used_at` is set once an exchange is proven.
alter table oauth_states add column claimed_at timestamptz;
alter table oauth_states add column exchange_count int not null default 0;

-- A bind code that an account shows, and who has typed it in. One an account: a new code ends the one before.
create table join_offers (
  account_id text primary key references accounts (id) on delete cascade,
  code_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Who asks to be joined, once the code was typed in. The account that shows it confirms or refuses.
  join_id uuid unique,
  asked_by text unique references accounts (id) on delete cascade,
  asked_at_entry text,
  asked_at timestamptz,
  refused_at timestamptz,
  check ((join_id is null) = (asked_by is null)),
  check ((join_id is null) = (asked_at_entry is null)),
  check ((join_id is null) = (asked_at is null)),
  check (join_id is not null or refused_at is null),
  check (asked_by <> account_id)
);
create index join_offers_by_expiry on join_offers (expires_at);

-- Append-only: which accounts were joined and split, by whom. Accounts that ended are named too, so nothing is referenced.
create table account_history (
  account_id text not null,
  at timestamptz not null,
  event text not null check (event in ('joined', 'split')),
  -- joined: the account that became part of this one. split: the account that left it.
  other_id text not null,
  -- bind-code, unionid, or the operator's name.
  changed_by text not null,
  reason text,
  order_count int not null,
  primary key (account_id, at, event, other_id)
);
