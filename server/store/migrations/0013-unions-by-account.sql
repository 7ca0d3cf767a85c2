-- An account that goes (two are joined, a browser is forgotten) asks whether a union still points at it.
create index unions_by_account on unions (account_id);
