-- outside a transaction
-- Read every second by the sweep: orders whose buyer has asked to cancel them, and that are not closed yet.
create index concurrently orders_to_cancel on orders (order_id) where state = 'pending' and cancel_asked_at is not null;
