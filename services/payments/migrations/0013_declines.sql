-- Declines are counted by order and by the shopper's address, so that nobody tries stolen cards here without end.
-- A hash of the address, made by orders with a key of its own; forgotten once the payment has ended.
alter table payments add column address bytea;
alter table payments add constraint payments_address check (length(address) between 8 and 32) not valid;

create table payment_declines (
    payment_id uuid not null references payments (id),
    -- The charge, or the payment method, that was declined: each counts once, however often it is told.
    reference text not null check (length(reference) between 1 and 255),
    address bytea,
    declined_at timestamptz not null default now(),
    primary key (payment_id, reference)
);
-- How many declines an address had within the last hour.
create index payment_declines_of_address on payment_declines (address, declined_at) where address is not null;
-- Deleting those of a month ago.
create index payment_declines_declined on payment_declines (declined_at);
