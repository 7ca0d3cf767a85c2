-- An operator looks for one subscriber's deliveries among everybody's, newest first.
create index deliveries_by_subscriber on deliveries (subscriber, created_at desc, delivery_id desc);
