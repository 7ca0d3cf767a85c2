-- What the shop needs to hand an order over, as the customer wrote it. Personal data: in a table of its own, so that no
-- other statement reads it by the way. Deleted some time
-- after its order has closed unpaid (server/store/prune-orders.ts).
create table order_shipping (
  order_id text primary key,
  note text check (char_length(note) between 1 and 200),
  phone text check (char_length(phone) between 5 and 20),
  name text check (char_length(name) between 1 and 30),
  region text check (char_length(region) between 1 and 60),
  detail text check (char_length(detail) between 1 and 120),
  constraint shipping_says_something check (num_nonnulls(note, phone) > 0),
  constraint address_is_whole check (num_nonnulls(name, region, detail) in (0, 3)),
  constraint address_has_phone check (name is null or phone is not null)
);
