-- A refund request ends once: approved, declined or withdrawn. Without this a withdrawn request could still be approved, and
-- money go back that its customer did not want back any more. The trigger looks at the row alone and runs only when a request that has
-- ended would change its state, which no version of the server does.

create function refuse_second_end() returns trigger language plpgsql as $$
begin
  raise exception 'refund request % has ended and stays %', old.request_id, old.state using errcode = 'restrict_violation';
end $$;
create trigger refuse_second_end before update of state on refund_requests
  for each row when (old.state <> 'open' and new.state <> old.state) execute function refuse_second_end();
