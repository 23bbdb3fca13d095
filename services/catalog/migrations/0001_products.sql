-- array_to_string is marked STABLE for the sake of types whose text depends on settings; for text[] it is immutable.
create function joined(words text[]) returns text
    language sql immutable strict parallel safe
    return array_to_string(words, ' ');

-- Words as they stand, for any language and for prefixes, and English stems, so that "rings" finds "ring".
create function searchable(words text) returns tsvector
    language sql immutable strict parallel safe
    return to_tsvector('pg_catalog.simple', words) || to_tsvector('pg_catalog.english', words);

create table products (
    id uuid primary key default uuidv7(),
    slug text not null,
    title text not null check (length(title) between 1 and 255),
    description_html text not null default '' check (length(description_html) <= 100000),
    vendor text not null default '' check (length(vendor) <= 255),
    product_type text not null default '' check (length(product_type) <= 255),
    tags text[] not null default '{}' check (cardinality(tags) <= 250),
    options text[] not null default '{}' check (cardinality(options) <= 3),
    status text not null check (status in ('draft', 'active', 'archived')),
    -- Counts the product's events, from 1.
    version bigint not null default 1 check (version > 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    search tsvector not null generated always as (
        setweight(searchable(title), 'A')
        || setweight(searchable(product_type || ' ' || vendor || ' ' || joined(tags)), 'B')
        || setweight(searchable(description_html), 'C')
    ) stored,
    constraint products_slug_once unique (slug),
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200)
);
-- The public list: newest first, by title, and by each filter. Price is sorted after the filters.
create index products_newest on products (id) where status = 'active';
create index products_by_title on products (lower(title), id) where status = 'active';
create index products_by_type on products (product_type, id) where status = 'active';
create index products_by_vendor on products (vendor, id) where status = 'active';
create index products_by_tag on products using gin (tags);
create index products_by_word on products using gin (search);

-- An image: a file of the media folder (by the SHA-256 of its content), or an address that was not fetched yet.
create table media (
    id uuid primary key default uuidv7(),
    product_id uuid not null references products (id) on delete cascade,
    position bigint not null check (position > 0),
    alt text not null default '' check (length(alt) <= 512),
    source_url text check (length(source_url) <= 2048),
    digest text check (digest ~ '^[0-9a-f]{64}$'),
    content_type text check (content_type in ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp')),
    created_at timestamptz not null default now(),
    -- Which variant shows which image is kept within the product by this key.
    constraint media_of_product unique (product_id, id),
    -- Positions are exchanged within a transaction.
    constraint media_position_once unique (product_id, position) deferrable initially deferred,
    check (source_url is not null or digest is not null),
    check ((digest is null) = (content_type is null))
);

create table variants (
    id uuid primary key default uuidv7(),
    product_id uuid not null references products (id) on delete cascade,
    sku text not null check (length(sku) between 1 and 100),
    option_values text[] not null check (cardinality(option_values) <= 3),
    position bigint not null check (position > 0),
    weight_grams bigint check (weight_grams between 0 and 1000000000),
    barcode text check (length(barcode) between 1 and 64),
    requires_shipping boolean not null default true,
    taxable boolean not null default true,
    media_id uuid,
    -- A variant that left its product is kept, since orders and stock know it; it is neither shown nor sold.
    active boolean not null default true,
    created_at timestamptz not null default now(),
    constraint variants_sku_once unique (sku),
    foreign key (product_id, media_id) references media (product_id, id) on delete set null (media_id)
);
create unique index variants_options_once on variants (product_id, option_values) where active;
-- A product with its variants in their order.
create index variants_of_product on variants (product_id, position);
-- For the foreign key: deleting an image looks for the variants that show it.
create index variants_of_media on variants (media_id) where media_id is not null;

create table variant_prices (
    variant_id uuid not null references variants (id) on delete cascade,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Minor units.
    amount bigint not null check (amount between 0 and 999999999999),
    compare_at bigint check (compare_at > amount and compare_at <= 999999999999),
    primary key (variant_id, currency)
);

-- What a product's variants cost, from and to, kept with them: without it a list by price would add up every product.
create table product_prices (
    product_id uuid not null references products (id) on delete cascade,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount_from bigint not null check (amount_from >= 0),
    amount_to bigint not null check (amount_to >= amount_from),
    -- What the cheapest variant cost before.
    compare_at bigint check (compare_at > amount_from),
    primary key (product_id, currency)
);
-- The list of products by price.
create index product_prices_by_price on product_prices (currency, amount_from, product_id);
