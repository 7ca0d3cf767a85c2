-- outside a transaction
-- One openid of an appid and one unionid an account, for all rows that are held to it (`sole`).
create unique index concurrently one_openid_an_app on identities (account_id, appid) where sole;
create unique index concurrently one_union_an_account on unions (account_id) where sole;

-- A browser may have begun several sign-ins at once; a start looks for those of its pre-session.
create index concurrently oauth_states_by_pre_session on oauth_states (pre_session_hash);
