-- outside a transaction
-- Each payee's due checks for itself: what hangs at one channel or merchant is not in the way of another's.
create index concurrently payments_to_check_by_payee on payments (channel, mchid, next_check_at)
  where next_check_at is not null;

-- The list of one state that an account hardly has.
create index concurrently orders_by_account_and_state on orders (account_id, state, created_at desc, order_id desc);

-- Deliveries of one state, of one subscriber or of all, while a subscriber is down for days.
create index concurrently deliveries_by_state on deliveries (state, created_at desc, delivery_id desc);
create index concurrently deliveries_by_subscriber_and_state
  on deliveries (subscriber, state, created_at desc, delivery_id desc);

-- What is past is found by its age. A BRIN index is of no use for it any more once deleted rows' pages are filled again.
create index concurrently web_view_tickets_by_expiry on web_view_tickets (expires_at);
create index concurrently oauth_states_by_expiry on oauth_states (expires_at);
create index concurrently bind_codes_by_expiry on bind_codes (expires_at);
create index concurrently settled_notifications_by_age on notifications (received_at) where settled_at is not null;
create index concurrently order_requests_by_time on order_requests (created_at);

-- An account that is deleted is looked for in every table that points at it.
create index concurrently web_view_tickets_by_account on web_view_tickets (account_id);
create index concurrently oauth_states_by_account on oauth_states (account_id) where account_id is not null;
create index concurrently bind_codes_by_account on bind_codes (account_id);
