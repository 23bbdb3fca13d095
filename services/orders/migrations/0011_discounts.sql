-- Discounts: what comes off, of what, when, and how often; the codes that stand for them; and who used them.
create table discounts (
    id uuid primary key,
    title text not null check (length(title) between 1 and 120),
    -- Without a code, for every order that it is for.
    automatic boolean not null,
    kind text not null check (kind in ('percent', 'amount', 'free_shipping', 'buy_get')),
    target text not null check (target in ('order', 'lines', 'pieces', 'shipping')),
    -- Millionths: of percent, and of the pieces that buy X get Y gives.
    rate integer not null check (rate between 1 and 1000000),
    -- Of amount: minor units by currency.
    amounts jsonb not null check (jsonb_typeof(amounts) = 'object'),
    -- Which lines it is for: products, types and collections; all empty: all lines.
    articles jsonb not null check (jsonb_typeof(articles) = 'object'),
    -- What these lines must come to: subtotals by currency, and pieces.
    minimum jsonb not null check (jsonb_typeof(minimum) = 'object'),
    buy_get jsonb check (jsonb_typeof(buy_get) = 'object'),
    starts_at timestamptz,
    ends_at timestamptz,
    -- None: without end.
    max_uses integer check (max_uses > 0),
    max_uses_per_customer integer check (max_uses_per_customer > 0),
    -- Levels of other discounts that it may stand beside.
    combines_with text[] not null check (combines_with <@ array['line', 'order', 'shipping']),
    status text not null default 'active' check (status in ('active', 'disabled', 'archived')),
    -- Counted only where there is a limit: a row that each order must change makes them wait for each other.
    used integer not null default 0 check (used >= 0),
    code_count integer not null default 0,
    version integer not null default 1 check (version > 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint discounts_used_within check (used <= max_uses),
    constraint discounts_code_count check (code_count between 0 and 100000),
    constraint discounts_automatic_has_no_codes check (not automatic or code_count = 0),
    constraint discounts_times check (starts_at < ends_at),
    constraint discounts_form check (
        (kind, target) in (
            ('percent', 'order'), ('percent', 'lines'), ('amount', 'order'), ('amount', 'lines'), ('amount', 'pieces'),
            ('free_shipping', 'shipping'), ('buy_get', 'lines')
        )
        and (kind = 'amount') = (amounts <> '{}') and (kind = 'buy_get') = (buy_get is not null)
    )
);
-- The automatic ones: read with each new version of the rules.
create index discounts_automatic on discounts (id) where automatic and status = 'active';

-- Codes in their stored form. One that was given out is never deleted, so that nobody else's discount gets it.
create table discount_codes (
    code text primary key check (length(code) between 3 and 40),
    discount_id uuid not null references discounts (id) on delete cascade,
    -- Good for one order.
    once boolean not null,
    disabled boolean not null default false,
    -- The request that drew it.
    batch uuid,
    created_at timestamptz not null default now()
);
-- The codes of a discount, and what goes with it.
create index discount_codes_of_discount on discount_codes (discount_id, code);

-- Who used a discount, by order: written by the transaction that places it, given back when it ends unpaid.
create table discount_uses (
    order_id uuid not null references orders (id),
    discount_id uuid not null references discounts (id),
    code text check (length(code) between 3 and 40),
    once boolean not null default false,
    customer bytea not null check (octet_length(customer) = 16),
    state text not null default 'taken' check (state in ('taken', 'given_back')),
    taken_at timestamptz not null default now(),
    given_back_at timestamptz,
    primary key (order_id, discount_id),
    constraint discount_uses_once_has_code check (not once or code is not null),
    constraint discount_uses_given_back check ((state = 'given_back') = (given_back_at is not null))
);
-- A code that is good for one order is taken once; and whether it is.
create unique index discount_uses_code_once on discount_uses (code) where once and state = 'taken';
-- The figures of a discount.
create index discount_uses_of_discount on discount_uses (discount_id, state);

-- How often a customer has taken a discount, so that their orders wait for each other and nobody else's do.
create table discount_customers (
    discount_id uuid not null references discounts (id),
    customer bytea not null check (octet_length(customer) = 16),
    used integer not null check (used >= 0),
    primary key (discount_id, customer)
);
