-- How many unpaid orders somebody has is asked whenever they want more of what is limited.
create index unpaid_orders on orders (account_id) where state = 'pending';
