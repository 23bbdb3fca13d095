-- Prices of some of a product's variants for a time. A row goes when its time is over: the audit log has what it was.
create table sales (
    id uuid primary key,
    product_id uuid not null references products (id) on delete cascade,
    name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- Whether product_prices has been summed up since it began. What a variant costs does not wait for that.
    begun boolean not null,
    created_at timestamptz not null default now(),
    constraint sales_name check (length(name) between 1 and 200),
    constraint sales_time check (ends_at > starts_at)
);
create index sales_of_product on sales (product_id, starts_at);
-- What has to be summed up again.
create index sales_beginning on sales (starts_at) where not begun;
create index sales_ending on sales (ends_at);

create table sale_prices (
    sale_id uuid not null references sales (id) on delete cascade,
    variant_id uuid not null references variants (id) on delete cascade,
    currency text not null,
    -- Minor units. It counts while it is below the variant's own price.
    amount bigint not null,
    primary key (variant_id, currency, sale_id),
    constraint sale_prices_currency check (currency ~ '^[A-Z]{3}$'),
    constraint sale_prices_amount check (amount between 0 and 999999999999)
);
create index sale_prices_of_sale on sale_prices (sale_id);
