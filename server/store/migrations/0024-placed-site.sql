-- The site (IPv6 /48, IPv4 /24) of the network that an order was placed from. A rented server has a whole /48, which is
-- 65,536 networks of /64. Null for customers whom WeChat knows, and for orders from before this column.
alter table orders add column placed_site text;
