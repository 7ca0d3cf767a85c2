-- Doors that log nobody in: one anonymous account a browser, found by its cookie alone.
alter table sessions alter column appid drop not null;
alter table sessions alter column openid drop not null;
alter table sessions add check ((appid is null) = (openid is null));
alter table sessions add check (openid is not null or kind = 'web');
create index sessions_of_browsers on sessions (created_at) where openid is null;

-- How a payment is collected, and where its payer's browser was, where the channel compares it: part of the snapshot.
alter table payments add column way text not null default 'jsapi'
  check (way in ('mini-program', 'jsapi', 'h5', 'native-qr', 'alipay-wap', 'alipay-page'));
update payments set way = 'mini-program' where entry_kind = 'mini-program';
alter table payments alter column way drop default;
alter table payments add column payer_ip text;
alter table payments add check ((way = 'h5') = (payer_ip is not null));
-- Where anybody may pay, nobody's openid is known before.
alter table payments alter column openid drop not null;
alter table payments add check ((way in ('mini-program', 'jsapi')) = (openid is not null));
-- What opens the cashier: a prepay_id, h5_url or code_url.
alter table payments rename column prepay_id to handle;
alter table payments rename column prepaid_at to handle_at;
-- Who paid, as the channel says: the first to scan a QR code need not be who ordered.
alter table payments add column paid_by text check (paid_by is null or state = 'paid');

-- Which channel verified a notification, and reads it again.
alter table notifications add column channel text not null default 'wechatpay';
alter table notifications alter column channel drop default;

-- Keys that this shop's servers share and nobody else needs: made here, 244 random bits each.
create table server_keys (
  name text primary key,
  key bytea not null
);
insert into server_keys (name, key)
values ('status-link', decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
