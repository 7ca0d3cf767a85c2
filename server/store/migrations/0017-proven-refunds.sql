-- Adds what is known about the sends of a refund, proven refunds beyond the payment's amount, and second looks at paid
-- payments. New columns are nullable or have a constant default, and the checks pass the rows of the version before.

alter table refunds
  -- Sends of the request whose outcome is unknown. Null: not counted (the version before); then at least one once submitted.
  add column unanswered_count int,
  -- When the channel first refused while an earlier send was unanswered; business time. The refusal is not believed yet.
  add column doubted_at timestamptz,
  -- Verified answers "no such refund" since then.
  add column absent_count int not null default 0,
  -- A refusal is final only when every send has a known outcome.
  add constraint refused_is_proven check (state <> 'refused' or coalesce(unanswered_count, 0) = 0) not valid;

-- Fen by which proven refunds and reservations together exceed the payment; null: they do not. Only the statements that
-- record what the channel has proven raise it, so a wish of ours still cannot reserve more than is left.
alter table payments add column overdrawn_fen bigint;
alter table payments drop constraint refunds_within_payment;
alter table payments add constraint refunds_within_payment
  check (reserved_fen + refunded_fen <= amount_fen + coalesce(overdrawn_fen, 0)) not valid;

-- When a paid payment is looked at again at the channel: the money may have moved there after it was settled here. A row
-- goes when the last look is done. Payments that the version before settles during the roll-out get none.
create table second_looks (
  order_id text not null,
  out_trade_no text not null,
  -- The payment's payee: what hangs at one channel or merchant is not in the way of another's.
  channel text not null,
  mchid text not null,
  due_at timestamptz not null,
  primary key (order_id, out_trade_no),
  foreign key (order_id, out_trade_no) references payments (order_id, out_trade_no)
);
create index second_looks_due on second_looks (channel, mchid, due_at);
insert into second_looks (order_id, out_trade_no, channel, mchid, due_at)
  select order_id, out_trade_no, channel, mchid, greatest(paid_at + interval '1 day', now())
  from payments
  where state = 'paid' and paid_at > now() - interval '30 days';
