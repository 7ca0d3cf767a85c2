-- Limits of what one operator may give away alone, and refunds above them that wait for another operator.

-- Fen that an operator has given away on a business day (UTC+8), kept for operators with a daily limit only. The row is
-- locked by each refund that counts into it, so parallel refunds cannot pass the limit together.
create table operator_days (
  operator text not null,
  day date not null,
  given_fen bigint not null check (given_fen >= 0),
  -- The limit of the last refund that counted.
  limit_fen bigint not null,
  primary key (operator, day),
  constraint given_within_limit check (given_fen <= limit_fen)
);

create table refund_approvals (
  order_id text not null references orders (order_id),
  approval_id text not null,
  out_trade_no text not null,
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null,
  asked_by text not null,
  idempotency_key text not null,
  request_hash bytea not null,
  state text not null check (state in ('open', 'approved', 'declined')),
  version int not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  -- The refund that an approval opened.
  out_refund_no text,
  primary key (order_id, approval_id),
  foreign key (order_id, out_trade_no) references payments (order_id, out_trade_no),
  foreign key (order_id, out_refund_no) references refunds (order_id, out_refund_no),
  check ((state = 'open') = (decided_by is null)),
  check ((state = 'approved') = (out_refund_no is not null)),
  constraint approved_by_another check (state <> 'approved' or decided_by <> asked_by)
);
create unique index one_approval_a_key on refund_approvals (order_id, idempotency_key);
create index refund_approvals_by_id on refund_approvals (approval_id);
create index refund_approvals_by_refund on refund_approvals (order_id, out_refund_no) where out_refund_no is not null;
create index open_refund_approvals on refund_approvals (created_at, approval_id) where state = 'open';

-- NOT VALID: the constraint before it was narrower, so every row fits and the table need not be read under the lock.
alter table history drop constraint history_subject_check;
alter table history add constraint history_subject_check
  check (subject in ('order', 'payment', 'refund', 'anomaly', 'request', 'approval')) not valid;
