-- on_hand: units on the shelf; reserved: units of it held for orders not yet paid. What is left may be sold.
create table stock (
    variant_id uuid primary key references variants (id) on delete restrict,
    on_hand bigint not null default 0 check (on_hand between -1000000000 and 1000000000),
    reserved bigint not null default 0 check (reserved >= 0),
    -- Not tracked: sold without counting. Backorder: sold on when the shelf is empty.
    tracked boolean not null default true,
    backorder boolean not null default false,
    -- Counts the events of this stock, from 1.
    version bigint not null default 1 check (version > 0),
    updated_at timestamptz not null default now(),
    -- Never oversold, whatever the code does.
    constraint stock_not_oversold check (not tracked or backorder or reserved <= on_hand)
);

-- Every change of on_hand and why: its sum is on_hand.
create table stock_movements (
    id bigint primary key generated always as identity,
    variant_id uuid not null references stock (variant_id),
    delta bigint not null check (delta <> 0),
    reason text not null check (length(reason) between 1 and 200),
    -- What caused it: an order, or the staff member who did it; neither for an import from the command line.
    order_id uuid,
    account_id uuid,
    -- The idempotent request that made it, so that its repetition finds it.
    operation_id uuid,
    created_at timestamptz not null default now(),
    constraint stock_movements_operation_once unique (operation_id),
    check (order_id is null or account_id is null)
);
-- The history of a variant's stock.
create index stock_movements_of_variant on stock_movements (variant_id, id);
-- An order takes its goods once.
create unique index stock_movements_sold_once on stock_movements (order_id, variant_id) where order_id is not null;

-- One per order. A release of an order that was never seen leaves a row too, so that a late request finds it.
create table reservations (
    order_id uuid primary key,
    status text not null check (status in ('held', 'committed', 'released', 'expired')),
    expires_at timestamptz,
    -- Counts the events of this reservation, from 1.
    version bigint not null default 1 check (version > 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (status <> 'held' or expires_at is not null)
);
-- The sweep for lapsed holds.
create index reservations_lapsing on reservations (expires_at) where status = 'held';

create table reservation_lines (
    order_id uuid not null references reservations (order_id) on delete cascade,
    variant_id uuid not null references stock (variant_id),
    quantity bigint not null check (quantity > 0),
    primary key (order_id, variant_id)
);
