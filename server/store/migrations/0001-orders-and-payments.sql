-- Every table of an order's life is keyed by order_id first, so that a distributed PostgreSQL can shard by it.
-- Money is fen in bigint. States are text with a CHECK: the allow-list stands here as well as in the code.

create table products (
  id text primary key check (id ~ '^[a-z0-9-]{1,40}$'),
  position int not null,
  name text not null,
  summary text not null,
  price_fen bigint not null check (price_fen between 1 and 100000000),
  goods_type text not null check (goods_type ~ '^[0-9]{2}$'),
  picture text not null,
  on_sale boolean not null
);

create table accounts (
  id text primary key,
  created_at timestamptz not null
);

-- Who WeChat says somebody is under one appid. An openid without its appid means nothing.
create table identities (
  appid text not null,
  openid text not null,
  account_id text not null references accounts (id),
  unionid text,
  created_at timestamptz not null,
  primary key (appid, openid)
);
create index identities_by_account on identities (account_id);

create table unions (
  unionid text primary key,
  account_id text not null references accounts (id)
);

-- Tokens, tickets, states and bind codes are stored as SHA-256: a dump of these rows opens nothing.
create table sessions (
  token_hash bytea primary key,
  kind text not null check (kind in ('native', 'web')),
  entry_code text not null,
  appid text not null,
  openid text not null,
  account_id text not null references accounts (id),
  -- WeChat's snapshot mode gives a made-up openid: it may look, not order, pay or bind.
  is_virtual boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_account on sessions (account_id);
create index sessions_by_expiry on sessions (expires_at);

create table web_view_tickets (
  ticket_hash bytea primary key,
  entry_code text not null,
  appid text not null,
  openid text not null,
  account_id text not null references accounts (id),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table oauth_states (
  state_hash bytea primary key,
  entry_code text not null,
  pre_session_hash bytea not null,
  return_path text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- The exchange's outcome, so that a callback that comes twice signs in twice with one exchange.
  openid text,
  account_id text references accounts (id),
  is_virtual boolean
);

create table bind_codes (
  code_hash bytea primary key,
  account_id text not null references accounts (id),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table orders (
  order_id text primary key check (order_id ~ '^[0-9A-HJKMNP-TV-Z]{13}$'),
  account_id text not null references accounts (id),
  entry_code text not null,
  goods_type text not null check (goods_type ~ '^[0-9]{2}$'),
  total_fen bigint not null check (total_fen between 1 and 100000000),
  state text not null check (state in ('pending', 'paid', 'closed')),
  -- Raised by every decision about the order: compare-and-set looks at it, history rows carry it.
  version int not null,
  payment_count int not null check (payment_count between 0 and 1023),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  paid_at timestamptz,
  closed_at timestamptz,
  check ((state = 'paid') = (paid_at is not null))
);
create index orders_by_account on orders (account_id, created_at desc, order_id desc);
create index orders_to_close on orders (expires_at) where state = 'pending';

create table order_lines (
  order_id text not null references orders (order_id),
  line_no int not null,
  product_id text not null,
  name text not null,
  picture text not null,
  unit_price_fen bigint not null check (unit_price_fen > 0),
  quantity int not null check (quantity between 1 and 99),
  primary key (order_id, line_no)
);

-- An order is placed once for one key of one account, however often the request is repeated.
create table order_requests (
  account_id text not null references accounts (id),
  idempotency_key text not null,
  request_hash bytea not null,
  order_id text not null,
  created_at timestamptz not null,
  primary key (account_id, idempotency_key)
);

create table payments (
  order_id text not null references orders (order_id),
  out_trade_no text not null check (length(out_trade_no) = 32 and substr(out_trade_no, 18, 13) = order_id),
  account_id text not null references accounts (id),
  -- The frozen snapshot: what query, close and refund use for ever.
  entry_code text not null,
  entry_kind text not null,
  channel text not null,
  mode text not null check (mode in ('merchant', 'partner')),
  mchid text not null,
  appid text not null,
  sub_mchid text,
  sub_appid text,
  openid text not null,
  amount_fen bigint not null check (amount_fen between 1 and 100000000),
  description text not null,
  notify_url text not null,
  expires_at timestamptz not null,
  prepay_body text not null,

  state text not null check (state in ('created', 'pending', 'paid', 'closing', 'closed', 'failed')),
  version int not null,
  created_at timestamptz not null,
  prepay_id text,
  prepaid_at timestamptz,
  transaction_id text,
  paid_at timestamptz,
  -- The payment that pays the order. Another paid one is surplus and goes back.
  kept boolean not null default false check (not kept or state = 'paid'),

  -- What we know of the customer's side. Hints, never proof.
  launched_at timestamptz,
  hint text check (hint in ('ok', 'cancel', 'fail')),
  hint_at timestamptz,
  -- Proof of "not paid": the first and the last verified NOTPAY since the last launch.
  unpaid_since timestamptz,
  unpaid_at timestamptz,
  -- Machine time of the last "ask now": at most one query every two seconds.
  asked_at timestamptz,
  -- When the sweep looks at this payment again; null when nothing is open.
  next_check_at timestamptz,

  primary key (order_id, out_trade_no),
  check ((state = 'paid') = (transaction_id is not null)),
  check ((state = 'paid') = (paid_at is not null)),
  check (state not in ('paid', 'closed', 'failed') or next_check_at is null)
);
-- At most one payment of an order takes money now, and at most one pays it.
create unique index one_current_payment on payments (order_id) where state in ('created', 'pending');
create unique index one_kept_payment on payments (order_id) where kept;
create index payments_by_account on payments (account_id, created_at desc, out_trade_no desc);
create index payments_by_merchant on payments (mchid, created_at);
create index payments_to_check on payments (next_check_at) where next_check_at is not null;

-- Append-only: one row a step of an order or a payment, written with the step itself.
create table history (
  order_id text not null,
  subject text not null check (subject in ('order', 'payment')),
  subject_no text not null,
  version int not null,
  at timestamptz not null,
  event text not null,
  from_state text,
  to_state text not null,
  evidence jsonb not null,
  primary key (order_id, subject, subject_no, version)
);

-- The inbox: verified notifications, stored before anything is done with them. order_id is '' when the number names none.
create table notifications (
  order_id text not null,
  notification_id text not null,
  mchid text not null,
  event_type text not null,
  resource jsonb not null,
  received_at timestamptz not null,
  settled_at timestamptz,
  outcome text,
  primary key (order_id, notification_id, mchid)
);
create index notifications_to_settle on notifications (received_at) where settled_at is null;

-- Money or messages that fit nothing here: kept for an operator, fulfilling nothing.
create table anomalies (
  order_id text not null,
  out_trade_no text not null,
  kind text not null,
  evidence_id text not null,
  found_at timestamptz not null,
  particulars jsonb not null,
  primary key (order_id, out_trade_no, kind, evidence_id)
);
