-- outside a transaction
-- Counted whenever an order of limited products is placed where nobody signs in.
create index concurrently unpaid_orders_by_site on orders (placed_site)
  where state = 'pending' and placed_site is not null;
