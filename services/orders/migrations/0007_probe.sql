-- Orders of the synthetic shopper (orders.probe): no report, figure or mail counts them.
alter table orders add column probe boolean not null default false;
