-- What is open has a next look, or it stays open for ever: neither the sweep nor the janitor reads a row without one.
update payments set next_check_at = expires_at
  where next_check_at is null and state in ('created', 'pending', 'closing');
update refunds set next_check_at = created_at
  where next_check_at is null and state in ('created', 'submitted', 'processing', 'abnormal');
alter table payments add constraint open_payment_is_checked
  check (state in ('paid', 'closed', 'failed') or next_check_at is not null);
alter table refunds add constraint open_refund_is_checked
  check (state in ('succeeded', 'closed', 'refused') or next_check_at is not null);
-- As paid orders have the moment of payment, closed ones have theirs, and a late payment takes it away.
alter table orders add constraint closed_has_its_moment check ((state = 'closed') = (closed_at is not null));
