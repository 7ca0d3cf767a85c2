-- At Alipay the keys belong to the app: who took money is found by both, one look each.
drop index payments_by_merchant;
create index payments_by_payee on payments (mchid, appid, created_at);
