-- What does not fit is an operator's task until somebody has ended it, by name; and a customer may ask for a refund.

alter table anomalies
  add column anomaly_id text not null default gen_random_uuid()::text,
  add column state text not null default 'open' check (state in ('open', 'resolved', 'dismissed')),
  add column version int not null default 1;
create unique index one_anomaly_an_id on anomalies (order_id, anomaly_id);
create index anomalies_by_id on anomalies (anomaly_id);
create index open_anomalies on anomalies (found_at, anomaly_id) where state = 'open';

-- A customer's wish to have the money back; an operator decides.
create table refund_requests (
  order_id text not null references orders (order_id),
  request_id text not null,
  reason text not null,
  state text not null check (state in ('open', 'approved', 'declined')),
  version int not null,
  created_at timestamptz not null,
  -- What the operator answered, for the customer to read.
  reply text,
  primary key (order_id, request_id)
);
create unique index one_open_request on refund_requests (order_id) where state = 'open';
create index refund_requests_by_id on refund_requests (request_id);
create index open_refund_requests on refund_requests (created_at, request_id) where state = 'open';

alter table history drop constraint history_subject_check;
alter table history add constraint history_subject_check
  check (subject in ('order', 'payment', 'refund', 'anomaly', 'request'));
