-- outside a transaction
-- Counted whenever an order is placed where nobody signs in.
create index concurrently unpaid_orders_by_network on orders (placed_from)
  where state = 'pending' and placed_from is not null;
