-- What has become of the pieces of each line, from the first thing that happened to one after the payment. All of it is
-- changed under the lock of the order's row, together with what it counts; no sum of parcels, cancellations and returns
-- can be more than was ordered.
create table line_progress (
    order_id uuid not null,
    position smallint not null,
    -- As in order_lines, for the checks below.
    ordered integer not null,
    -- They are not sent any more: cancelled, or paid back before they were sent.
    cancelled integer not null default 0,
    -- In parcels that are sent or delivered.
    fulfilled integer not null default 0,
    -- In returns that are asked for or on their way; and received back.
    in_return integer not null default 0,
    returned integer not null default 0,
    primary key (order_id, position),
    foreign key (order_id, position) references order_lines (order_id, position),
    constraint line_progress_counts check (
        ordered > 0 and cancelled >= 0 and fulfilled >= 0 and in_return >= 0 and returned >= 0
    ),
    constraint line_progress_sent_once check (cancelled + fulfilled <= ordered),
    constraint line_progress_returned_once check (in_return + returned <= fulfilled)
);

create table parcels (
    id uuid primary key,
    order_id uuid not null references orders (id),
    -- For people: the order's first parcel, its second.
    number smallint not null,
    status text not null,
    -- Handed over, or delivered by other means than a carrier: what is not shipped, or fetched at the shop.
    by_hand boolean not null default false,
    -- One of orders/fulfilment/domain/carriers.py, or as staff typed it.
    carrier text,
    tracking_number text,
    tracking_url text,
    shipped_at timestamptz not null default now(),
    delivered_at timestamptz,
    cancelled_at timestamptz,
    -- When its customer was told by mail.
    mailed_at timestamptz,
    constraint parcels_number_once unique (order_id, number),
    constraint parcels_number check (number between 1 and 200),
    constraint parcels_status_check check (status in ('sent', 'delivered', 'cancelled')),
    constraint parcels_times check (
        (status = 'delivered') = (delivered_at is not null) and (status = 'cancelled') = (cancelled_at is not null)
    ),
    constraint parcels_carrier check (length(carrier) between 1 and 60),
    constraint parcels_tracking_number check (length(tracking_number) between 1 and 60),
    constraint parcels_tracking_url check (tracking_url like 'https://%' and length(tracking_url) <= 500),
    constraint parcels_by_hand check (not by_hand or num_nonnulls(carrier, tracking_number, tracking_url) = 0)
);

-- What is in a parcel. Added to, never changed: a cancelled parcel keeps its lines.
create table parcel_lines (
    parcel_id uuid not null references parcels (id),
    position smallint not null,
    order_id uuid not null,
    quantity integer not null,
    primary key (parcel_id, position),
    foreign key (order_id, position) references line_progress (order_id, position),
    constraint parcel_lines_quantity check (quantity between 1 and 999)
);
-- What was sent of a line; and what the reference to line_progress is checked by.
create index parcel_lines_of_line on parcel_lines (order_id, position);
create trigger parcel_lines_append_only before update or delete on parcel_lines
    for each statement execute function refuse_change();

-- Pieces of an order that go back on the shelf: the catalog adds them once for each id.
create table restocks (
    id uuid primary key,
    order_id uuid not null references orders (id),
    -- [{variant_id, quantity}]
    lines jsonb not null,
    asked_at timestamptz not null default now(),
    done_at timestamptz,
    -- Variants that the catalog does not have any more.
    unknown uuid[],
    constraint restocks_lines check (jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) between 1 and 50)
);
-- What went back of an order.
create index restocks_of_order on restocks (order_id);
-- What has not gone back yet.
create index restocks_open on restocks (asked_at) where done_at is null;
