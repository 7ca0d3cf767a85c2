-- The history and the notes of stock changes are append-only: no statement changes or deletes a row, by mistake or to hide
-- what was done. The triggers run for such statements alone; inserting costs nothing.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- The history of an order may go only after the order itself, which nothing but the clean-up deletes: orders that never
-- had a cashier opened (server/store/prune-orders.ts).
create function refuse_loss() returns trigger language plpgsql as $$
begin
  if exists (select from orders where order_id = old.order_id) then
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end $$;

create trigger append_only before update or truncate on history
  for each statement execute function refuse_change();
create trigger append_only_rows before delete on history
  for each row execute function refuse_loss();
create trigger append_only before update or delete or truncate on stock_changes
  for each statement execute function refuse_change();
