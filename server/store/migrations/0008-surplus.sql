-- Surplus that has not gone back in full, also when somebody has given back a part of it by hand.
drop index surplus_payments;
create index surplus_payments on payments (paid_at)
  where state = 'paid' and not kept and reserved_fen + refunded_fen < amount_fen;
