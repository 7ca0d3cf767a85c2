-- Pieces of a product that one account may buy, in unpaid and paid orders together. Null: as many as anybody wants.
alter table products add column purchase_limit int check (purchase_limit > 0);

-- The network (IPv4 /24, IPv6 /64) that an order was placed from, where nobody signs in: a browser can be a new account for
-- each order. Null for customers whom WeChat knows.
alter table orders add column placed_from text;
