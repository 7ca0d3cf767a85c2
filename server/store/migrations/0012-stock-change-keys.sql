-- A change of stock that is asked for again under its key is the same change.
alter table stock_changes add column idempotency_key text;
create unique index one_stock_change_a_key on stock_changes (product_id, idempotency_key);
