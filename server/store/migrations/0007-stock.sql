-- How many pieces of a product there are. What orders hold of them is counted on the product's own row, so that no number
-- of orders at once can sell more; and on the order's line, so that it is given back once.

alter table products
  -- Pieces that the shop has, those of orders under way and paid orders included. Null: as many as anybody wants.
  add column stock int check (stock >= 0),
  -- Pieces that pending and paid orders hold.
  add column held int not null default 0 check (held >= 0),
  add constraint held_within_stock check (held <= stock);

alter table order_lines
  add column held int not null default 0,
  add constraint held_within_line check (held between 0 and quantity);

-- Append-only: what operators changed, written with the change itself.
create table stock_changes (
  product_id text not null references products (id),
  at timestamptz not null,
  changed_by text not null,
  change_by int not null check (change_by <> 0),
  -- What there was then.
  stock int not null
);
create index stock_changes_by_product on stock_changes (product_id, at);
