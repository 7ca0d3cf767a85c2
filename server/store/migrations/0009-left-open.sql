-- A notification that cannot be settled is tried again ever more seldom, and then shown to an operator.
alter table notifications
  add column attempts int not null default 0 check (attempts >= 0),
  -- Machine time, like received_at.
  add column next_attempt_at timestamptz;
update notifications set next_attempt_at = received_at where settled_at is null;
drop index notifications_to_settle;
create index notifications_to_settle on notifications (next_attempt_at) where settled_at is null;

-- What is old is found by its age. Rows come in that order, so that a note of each range of pages is enough.
create index notifications_by_age on notifications using brin (received_at);
create index order_requests_by_age on order_requests using brin (created_at);
