-- Money that goes back. What is promised or gone back out of a payment is counted on the payment's own row, so that no
-- number of refunds at once can exceed it.

alter table payments
  -- Promised: refunds that were asked for and are not over.
  add column reserved_fen bigint not null default 0 check (reserved_fen >= 0),
  -- Gone back for certain.
  add column refunded_fen bigint not null default 0 check (refunded_fen >= 0),
  -- Refunds there ever were, also those that came to nothing: the next number counts on.
  add column refund_count int not null default 0 check (refund_count between 0 and 1023),
  add constraint refunds_within_payment check (reserved_fen + refunded_fen <= amount_fen),
  add constraint only_paid_is_refunded check (state = 'paid' or refund_count = 0);
-- Paid twice: what the sweep refunds should its job be lost.
create index surplus_payments on payments (paid_at) where state = 'paid' and not kept and refund_count = 0;

create table refunds (
  order_id text not null,
  -- WeChat's number of a refund that was made on its own platform does not name our order.
  out_refund_no text not null check (
    origin = 'platform' or (length(out_refund_no) = 32 and substr(out_refund_no, 18, 13) = order_id)
  ),
  out_trade_no text not null,
  -- operator: somebody of the shop asked. surplus: paid twice. platform: made at the channel, found by us.
  origin text not null check (origin in ('operator', 'surplus', 'platform')),
  -- The operator's name, or null.
  requested_by text,
  reason text,
  -- The same key of the same order is the same request; the hash says what it asked for.
  idempotency_key text,
  request_hash bytea,

  amount_fen bigint not null check (amount_fen > 0),
  -- The exact body that the channel is asked with, every time. Null for one that was found.
  request_body text check ((request_body is null) = (origin = 'platform')),

  state text not null
    check (state in ('created', 'submitted', 'processing', 'succeeded', 'closed', 'abnormal', 'refused')),
  version int not null,
  created_at timestamptz not null,
  -- Not sent before this: the channel wants a minute between two refunds of a payment.
  due_at timestamptz not null,
  submitted_at timestamptz,
  -- The channel's own number.
  refund_id text,
  succeeded_at timestamptz,
  -- The channel's code of the last verified no, e.g. NOT_ENOUGH while the merchant's balance is short.
  refusal text,
  -- When the sweep looks at it again; null when it is over.
  next_check_at timestamptz,

  primary key (order_id, out_refund_no),
  foreign key (order_id, out_trade_no) references payments (order_id, out_trade_no),
  check ((state = 'succeeded') = (succeeded_at is not null)),
  check (state not in ('succeeded', 'closed', 'refused') or next_check_at is null)
);
create unique index one_refund_a_key on refunds (order_id, idempotency_key) where idempotency_key is not null;
create index refunds_by_payment on refunds (order_id, out_trade_no, created_at);
create index refunds_to_check on refunds (next_check_at) where next_check_at is not null;
-- A surplus goes back once by itself; a second try is an operator's.
create unique index one_surplus_refund on refunds (order_id, out_trade_no) where origin = 'surplus';

alter table history drop constraint history_subject_check;
alter table history add constraint history_subject_check check (subject in ('order', 'payment', 'refund'));
