-- The history and the notes of stock changes are append-only: no statement changes or deletes a row, by mistake or to hide
-- what was done. The triggers run for such statements alone; inserting costs nothing.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete or truncate on history
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on stock_changes
  for each statement execute function refuse_change();
