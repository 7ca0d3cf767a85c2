-- outside a transaction
-- Closed orders whose cashier was never opened are deleted after a while; they are found by the time of their closing.
create index concurrently closed_orders_by_time on orders (closed_at, order_id) where state = 'closed';
