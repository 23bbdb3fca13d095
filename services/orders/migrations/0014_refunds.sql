-- squawk-ignore-file constraint-missing-not-valid
-- Money that goes back after the payment, pieces that staff cancelled, and disputes.

-- Pieces that were paid back, or are about to be. A piece that is paid back before it is sent is cancelled.
alter table line_progress add column refunded integer not null default 0;
alter table line_progress add constraint line_progress_refunded_once check (refunded between 0 and ordered) not valid;

-- A parcel is cancelled, and some of its pieces were paid back: they are cancelled, and not sent again.
create function paid_back_is_not_sent() returns trigger language plpgsql as $$
declare
    more constant integer := new.refunded - new.cancelled - new.fulfilled;
begin
    if new.fulfilled < old.fulfilled and more > 0 then
        new.cancelled := new.cancelled + more;
        update order_progress set cancelled = cancelled + more where order_id = new.order_id;
    end if;
    return new;
end
$$;
create trigger line_progress_paid_back before update of fulfilled on line_progress
    for each row execute function paid_back_is_not_sent();

create table refunds (
    -- The operation id of the request that made it; of one made at the provider, the payment service's.
    id uuid primary key,
    order_id uuid not null references orders (id),
    -- Who asked the provider for it: this shop, or somebody in the provider's dashboard.
    origin text not null,
    -- `requested`: the provider has not accepted it yet, as far as is known here.
    status text not null,
    -- Minor units of the order's currency: all of it; of its lines; of shipping; what is of no line (rounding, mostly
    -- 0); and the tax in lines and in shipping.
    amount bigint not null,
    goods bigint not null,
    shipping bigint not null,
    adjustment bigint not null,
    tax bigint not null,
    shipping_tax bigint not null,
    -- For the provider, and for staff.
    reason text not null,
    note text,
    -- The payment service's word for why it failed.
    failure text,
    -- The cancellation that it belongs to: one has one refund.
    cancellation_id uuid,
    -- The account that made it; null: made at the provider.
    created_by uuid,
    created_at timestamptz not null default now(),
    accepted_at timestamptz,
    failed_at timestamptz,
    -- When the payment service is asked again; null when it is settled.
    next_attempt_at timestamptz,
    attempts smallint not null default 0,

    constraint refunds_of_cancellation unique (cancellation_id),
    constraint refunds_origin check (origin in ('shop', 'provider')),
    constraint refunds_status_check check (status in ('requested', 'refunded', 'failed')),
    constraint refunds_amount check (
        amount > 0 and goods >= 0 and shipping >= 0 and amount = goods + shipping + adjustment
    ),
    constraint refunds_tax check (shipping_tax between 0 and shipping and tax between shipping_tax and goods + shipping),
    constraint refunds_reason check (reason in ('requested_by_customer', 'duplicate', 'fraudulent', 'other')),
    constraint refunds_note check (length(note) between 1 and 500),
    constraint refunds_times check (
        (status <> 'refunded' or accepted_at is not null) and (status = 'failed') = (failed_at is not null)
        and (status = 'failed') = (failure is not null)
    ),
    constraint refunds_never_forgotten check ((status = 'requested') = (next_attempt_at is not null)),
    constraint refunds_attempts check (attempts >= 0)
);
-- The refunds of an order, in their order.
create index refunds_of_order on refunds (order_id, id);
-- What the sweep looks at.
create index refunds_due on refunds (next_attempt_at) where next_attempt_at is not null;
create trigger refunds_facts_stay before update of id, order_id, origin, amount, created_by, created_at on refunds
    for each statement execute function refuse_change();

-- A refund's share of each line. `quantity` 0: the line got cheaper, without a piece of it.
create table refund_lines (
    refund_id uuid not null references refunds (id),
    position smallint not null,
    order_id uuid not null,
    quantity integer not null,
    gross bigint not null,
    tax bigint not null,
    discount bigint not null,
    -- Pieces that it cancelled, since they were not sent; and whether they went back on the shelf.
    cancelled integer not null,
    restock boolean not null,
    primary key (refund_id, position),
    foreign key (order_id, position) references order_lines (order_id, position),
    constraint refund_lines_counts check (
        quantity between 0 and 999 and cancelled between 0 and quantity and tax between 0 and gross and discount >= 0
    ),
    constraint refund_lines_restock check (not restock or cancelled > 0)
);
-- What was paid back of a line.
create index refund_lines_of_line on refund_lines (order_id, position);

-- Refunds of an order one after another; what was asked for is never more than was charged, nor is what went back; and
-- no line gives back more than was paid for it. Looked at when a refund and its lines are written: by one statement.
create function check_refund() returns trigger language plpgsql as $$
declare
    charged bigint;
    broken text;
begin
    -- Not `for update`: the reference to orders has locked its key, and two who do that would wait for each other.
    select total into charged from orders where id = new.order_id for no key update;
    select case
        when new.status = 'requested' and sum(amount) > charged then 'refunds_within_charge'
        when sum(amount) filter (where status = 'refunded') > charged then 'refunds_accepted_within_charge'
    end into broken from refunds where order_id = new.order_id and status <> 'failed';
    if broken is null and not exists (
        select from refund_lines where refund_id = new.id
        having coalesce(sum(gross), 0) = new.goods and coalesce(sum(tax), 0) = new.tax - new.shipping_tax
    ) then
        broken := 'refunds_lines_add_up';
    end if;
    if broken is null and exists (
        select from refund_lines f join refunds r on r.id = f.refund_id
        join order_lines l on l.order_id = f.order_id and l.position = f.position
        where f.order_id = new.order_id and r.status <> 'failed'
        group by l.order_id, l.position, l.quantity, l.charged, l.total, l.tax
        having sum(f.quantity) > l.quantity or sum(f.gross) > coalesce(l.charged, l.total) or sum(f.tax) > l.tax
    ) then
        broken := 'refund_lines_within_charge';
    end if;
    if broken is not null then
        raise exception 'refund % breaks the rule %', new.id, broken
            using errcode = 'check_violation', constraint = broken, table = 'refunds';
    end if;
    return null;
end
$$;
create trigger refunds_valid after insert or update of status on refunds
    for each row execute function check_refund();

-- Pieces that staff cancelled after the payment, apart from those that a refund cancelled.
create table cancellations (
    -- The operation id of the request that made it.
    id uuid primary key,
    order_id uuid not null references orders (id),
    reason text not null,
    note text,
    restock boolean not null,
    -- [{position, quantity}]
    lines jsonb not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    constraint cancellations_reason check (reason in ('customer', 'out_of_stock', 'fraud', 'payment', 'other')),
    constraint cancellations_note check (length(note) between 1 and 500),
    constraint cancellations_lines check (jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) between 1 and 50)
);
-- The cancellations of an order, in their order.
create index cancellations_of_order on cancellations (order_id, id);
create trigger cancellations_append_only before update or delete on cancellations
    for each statement execute function refuse_change();

-- Disputes of an order's payment, as the payment service tells of them.
create table order_disputes (
    -- The provider's name of it.
    dispute_id text primary key,
    order_id uuid not null references orders (id),
    amount bigint not null,
    reason text not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    outcome text,
    constraint order_disputes_amount check (amount >= 0),
    constraint order_disputes_texts check (length(dispute_id) between 1 and 255 and length(reason) <= 255),
    constraint order_disputes_closed check ((closed_at is null) = (outcome is null)),
    constraint order_disputes_outcome check (outcome in ('won', 'lost'))
);
-- The disputes of an order.
create index order_disputes_of_order on order_disputes (order_id);
