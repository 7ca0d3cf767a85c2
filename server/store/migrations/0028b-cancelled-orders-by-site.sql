-- outside a transaction
-- Read when an attempt to pay begins where nobody signs in: attempts of orders that were cancelled in the last half hour.
create index concurrently cancelled_orders_by_site on orders (placed_site, created_at)
  where cancel_asked_at is not null and placed_site is not null;
