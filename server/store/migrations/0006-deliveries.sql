-- What the shop's own systems are told. An event and its deliveries are written by the statement that makes the step, so
-- that none is lost and none is told twice; sending them is somebody else's work, later.

-- Who wants to be told what, as the configuration says. Written at every start; small enough to be everywhere.
create table subscribers (
  name text primary key,
  event_types text[] not null
);

create table shop_events (
  order_id text not null,
  -- Stands in every message about it: subscribers know by it what they have had.
  event_id text not null default gen_random_uuid()::text,
  -- The step of the history that it tells.
  subject text not null check (subject in ('order', 'payment', 'refund')),
  subject_no text not null,
  version int not null,
  type text not null check (type in (
    'order.paid', 'order.closed', 'payment.surplus',
    'refund.succeeded', 'refund.closed', 'refund.abnormal', 'refund.refused'
  )),
  at timestamptz not null,
  -- What is told, frozen: a message says the same however late it is.
  facts jsonb not null check (not facts ? 'openid'),
  primary key (order_id, event_id),
  foreign key (order_id, subject, subject_no, version) references history,
  check (split_part(type, '.', 1) = subject)
);
create unique index one_event_a_step on shop_events (order_id, subject, subject_no, version);

create table deliveries (
  order_id text not null,
  delivery_id text not null default gen_random_uuid()::text,
  event_id text not null,
  subscriber text not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  -- Raised by every step; rows of the log carry it.
  version int not null default 0,
  created_at timestamptz not null,
  -- Messages that were sent in all.
  attempts int not null default 0 check (attempts >= 0),
  -- Of the ladder: how often it was tried since it was last begun.
  rung int not null default 0 check (rung >= 0),
  next_attempt_at timestamptz,
  delivered_at timestamptz,
  primary key (order_id, delivery_id),
  foreign key (order_id, event_id) references shop_events,
  check ((state = 'pending') = (next_attempt_at is not null)),
  check ((state = 'delivered') = (delivered_at is not null))
);
create unique index one_delivery_a_subscriber on deliveries (order_id, event_id, subscriber);
create index deliveries_by_id on deliveries (delivery_id);
create index deliveries_by_time on deliveries (created_at desc, delivery_id desc);
create index undelivered on deliveries (created_at desc, delivery_id desc) where state <> 'delivered';
-- Each subscriber's for itself: what waits for one is not in the way of another's.
create index due_deliveries on deliveries (subscriber, next_attempt_at) where state = 'pending';

-- Append-only: one row an attempt or a replay, written with the step itself.
create table delivery_log (
  order_id text not null,
  delivery_id text not null,
  version int not null,
  at timestamptz not null,
  event text not null check (event in ('delivered', 'postponed', 'failed', 'replayed')),
  -- The HTTP status that came back, or why none did.
  status int,
  error text,
  took_ms int,
  -- The operator who had it sent again.
  replayed_by text,
  primary key (order_id, delivery_id, version),
  foreign key (order_id, delivery_id) references deliveries,
  check ((event = 'replayed') = (replayed_by is not null)),
  check ((event = 'replayed') = (num_nonnulls(status, error) = 0)),
  check (event <> 'delivered' or status between 200 and 299)
);
