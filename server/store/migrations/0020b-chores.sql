-- Work of the whole shop that one server at a time does, by the machine's clock.
create table chores (
  name text primary key,
  due_at timestamptz not null,
  -- Where the last turn stopped, in the chore's own words; null: at the beginning.
  place text
);
