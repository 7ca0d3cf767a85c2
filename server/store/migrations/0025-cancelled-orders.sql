-- A buyer cancels an unpaid order, and withdraws a refund request that nobody has decided.

alter table orders
  -- When the buyer asked to cancel; null: never. The order closes when the channel has closed every attempt to pay it, and is
  -- paid when one of them turns out to be paid.
  add column cancel_asked_at timestamptz;

-- An order closes only when no attempt to pay it is open. Both steps hold the order's row, so the trigger sees every attempt.
create function refuse_open_attempt() returns trigger language plpgsql as $$
begin
  if exists (
    select from payments where order_id = new.order_id and state in ('created', 'pending', 'closing')
  ) then
    raise exception 'order % has an open attempt and cannot close', new.order_id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger refuse_open_attempt before update of state on orders
  for each row when (new.state = 'closed' and old.state = 'pending') execute function refuse_open_attempt();

-- Where the money of a refund goes, in the channel's words: "招商银行信用卡0403". Null: it has not said.
alter table refunds add column received_account text;

-- NOT VALID: the constraint before it was narrower, so every row fits and the table need not be read under the lock.
alter table refund_requests drop constraint refund_requests_state_check;
alter table refund_requests add constraint refund_requests_state_check
  check (state in ('open', 'approved', 'declined', 'withdrawn')) not valid;
