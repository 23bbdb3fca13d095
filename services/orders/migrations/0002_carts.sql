-- Carts: of a guest who shows a secret token (its SHA-256 is kept), or of an account.
create table carts (
    id uuid primary key,
    account_id uuid,
    token_hash bytea,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Changes with each change of its lines: an order takes exactly the lines that it has priced.
    version integer not null default 1 check (version > 0),
    line_count integer not null default 0,
    -- What became of it: it is used up once.
    order_id uuid references orders (id),
    merged_into uuid references carts (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- When it is deleted: a guest's 30 days after the last change, a used one 30 days after its use.
    expires_at timestamptz,
    constraint carts_one_owner check (num_nonnulls(account_id, token_hash) = 1),
    constraint carts_token_hash check (octet_length(token_hash) = 32),
    constraint carts_line_count check (line_count between 0 and 50),
    constraint carts_used_once check (num_nonnulls(order_id, merged_into) <= 1),
    constraint carts_guests_expire check (token_hash is null or expires_at is not null),
    constraint carts_order_once unique (order_id),
    constraint carts_token_once unique (token_hash)
);
-- One active cart an account.
create unique index carts_active on carts (account_id) where account_id is not null and order_id is null;
-- The nightly clean-up.
create index carts_expiring on carts (expires_at) where expires_at is not null;
-- For the foreign key: deleting a cart looks for those merged into it.
create index carts_merged on carts (merged_into) where merged_into is not null;

create table cart_lines (
    cart_id uuid not null references carts (id) on delete cascade,
    variant_id uuid not null,
    quantity integer not null check (quantity between 1 and 999),
    -- What a piece cost when it was put in, in the cart's currency, so that a change can be shown. Not known where it
    -- came from a cart of another currency.
    unit_price bigint check (unit_price >= 0),
    added_at timestamptz not null default now(),
    primary key (cart_id, variant_id)
);
