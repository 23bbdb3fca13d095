-- Orders: what was sold to whom at which price, and how far each has come.
create table orders (
    id uuid primary key,
    -- For people: M-7F3K9Q.
    number text not null,
    -- A customer's; or a guest's, who shows a secret token whose SHA-256 is kept.
    account_id uuid,
    token_hash bytea,
    email text not null check (length(email) between 3 and 254),
    -- {name, line1, line2, city, postal_code, region, country, phone}
    shipping_address jsonb not null check (jsonb_typeof(shipping_address) = 'object' and shipping_address ? 'country'),
    -- Minor units of the currency, as computed here from the catalog's prices. They never change.
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    subtotal bigint not null check (subtotal >= 0),
    shipping bigint not null check (shipping >= 0),
    total bigint not null check (total > 0),
    -- All that decides what happens next: see orders/domain/progress.py. Changed by conditional writes only.
    status text not null default 'placed' check (
        status in ('placed', 'pending_payment', 'authorised', 'stock_committed', 'paid', 'cancelling', 'cancelled')
    ),
    payment text not null default 'none' check (
        payment in ('none', 'unknown', 'open', 'authorised', 'captured', 'cancelled')
    ),
    stock text not null default 'none' check (stock in ('none', 'held', 'committed', 'released')),
    cancel_reason text check (
        cancel_reason in ('out_of_stock', 'expired', 'stock_lost', 'cancelled_by_customer', 'payment_unavailable')
    ),
    attention text check (attention in ('stock_not_returned', 'paid_without_stock', 'charged_after_cancel')),
    -- Counts what has become known (order_events).
    version integer not null default 1 check (version > 0),
    -- When the sweep looks at it: to go on where a process died, to ask again, or to end it unpaid.
    next_attempt_at timestamptz,
    attempts smallint not null default 0 check (attempts >= 0),
    placed_at timestamptz not null default now(),
    expires_at timestamptz not null,
    paid_at timestamptz,
    cancelled_at timestamptz,
    constraint orders_number_once unique (number),
    constraint orders_number_form check (number ~ '^M-[2-9A-HJKMNP-TV-Z]{6}$'),
    constraint orders_one_owner check (num_nonnulls(account_id, token_hash) = 1),
    constraint orders_token_hash check (octet_length(token_hash) = 32),
    constraint orders_total_adds_up check (total = subtotal + shipping),
    constraint orders_reason_when_cancelled check (
        (status in ('cancelling', 'cancelled')) = (cancel_reason is not null)
    ),
    constraint orders_paid_is_captured check (status <> 'paid' or payment = 'captured'),
    constraint orders_paid_has_stock check (
        status not in ('stock_committed', 'paid')
        or stock = 'committed'
        or attention is not distinct from 'paid_without_stock'
    ),
    constraint orders_cancelled_took_no_money check (
        status <> 'cancelled' or payment <> 'captured' or attention is not null
    ),
    constraint orders_times check (
        (status = 'paid') = (paid_at is not null) and (status = 'cancelled') = (cancelled_at is not null)
    ),
    -- An order that goes on by itself is always due at some time.
    constraint orders_never_forgotten check (status in ('paid', 'cancelled') or next_attempt_at is not null)
);
-- A customer's orders, newest first: ids are in the order of time.
create index orders_of_account on orders (account_id, id) where account_id is not null;
-- What the sweep looks at.
create index orders_due on orders (next_attempt_at) where next_attempt_at is not null;
-- The back office: what a person must put right.
create index orders_attention on orders (id) where attention is not null;

create table order_lines (
    order_id uuid not null references orders (id),
    position smallint not null check (position between 1 and 50),
    variant_id uuid not null,
    sku text not null,
    title text not null,
    variant_title text not null,
    slug text not null,
    image_url text,
    unit_price bigint not null check (unit_price >= 0),
    quantity integer not null check (quantity between 1 and 999),
    total bigint not null generated always as (unit_price * quantity) stored,
    primary key (order_id, position),
    constraint order_lines_variant_once unique (order_id, variant_id)
);

-- What became known of an order and when. Added to, never changed.
create table order_events (
    order_id uuid not null references orders (id),
    version integer not null check (version > 0),
    kind text not null check (length(kind) between 1 and 40),
    at timestamptz not null default now(),
    data jsonb,
    primary key (order_id, version)
);

-- Which mails have been sent: each kind once an order.
create table order_mails (
    order_id uuid not null references orders (id),
    kind text not null check (kind in ('confirmation', 'cancelled', 'stock_lost')),
    sent_at timestamptz not null default now(),
    primary key (order_id, kind)
);

-- The sum of an order's lines is its subtotal: checked once a statement, after all of its parts.
create function check_order_sums() returns trigger language plpgsql as $$
declare
    wrong uuid;
begin
    select orders.id into wrong
    from orders
    where orders.id in (select order_id from changed)
      and orders.subtotal <> (select sum(total) from order_lines where order_lines.order_id = orders.id)
    limit 1;
    if wrong is not null then
        raise exception 'the lines of order % do not add up to its subtotal', wrong
            using errcode = 'check_violation', constraint = 'orders_lines_add_up';
    end if;
    return null;
end
$$;
create trigger order_lines_add_up after insert on order_lines
    referencing new table as changed for each statement execute function check_order_sums();

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: these rows are kept as they were written', tg_op, tg_table_name
        using errcode = 'integrity_constraint_violation';
end
$$;
create trigger order_events_append_only before update or delete on order_events
    for each statement execute function refuse_change();
create trigger order_lines_append_only before update or delete on order_lines
    for each statement execute function refuse_change();
-- A trigger of columns runs only for statements that name one of them.
create trigger orders_facts_stay before update of id, number, currency, subtotal, shipping, total, placed_at on orders
    for each statement execute function refuse_change();
