-- Collections: products that are shown together, put together by hand or found by a rule.
create table collections (
    id uuid primary key,
    -- Each has a place of its own, so that there are never more than places.
    place integer not null,
    kind text not null,
    slug text not null,
    title text not null,
    description_html text not null default '',
    published boolean not null,
    -- Of one by rule: what its products must be (catalog/collections/domain/rules.py).
    rule jsonb,
    -- Of one by rule, while its products are looked for: the last product that was looked at.
    filled_to uuid,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint collections_place_once unique (place),
    constraint collections_slug_once unique (slug),
    -- For the foreign key of collection_products.
    constraint collections_kind_kept unique (id, kind),
    constraint collections_place check (place between 1 and 1000),
    constraint collections_kind check (kind in ('hand', 'rule')),
    constraint collections_slug check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200),
    constraint collections_title check (length(title) between 1 and 255),
    constraint collections_description check (length(description_html) <= 100000),
    constraint collections_rule check (
        (kind = 'rule') = (rule is not null) and (kind = 'rule' or filled_to is null)
        and (rule is null or jsonb_typeof(rule) = 'object' and length(rule::text) <= 20000)
    ),
    constraint collections_version check (version > 0)
);

create table collection_products (
    collection_id uuid not null,
    -- That of the collection.
    kind text not null,
    product_id uuid not null references products (id) on delete cascade,
    -- By hand: its place in the collection.
    position integer,
    primary key (collection_id, product_id),
    foreign key (collection_id, kind) references collections (id, kind) on delete cascade,
    constraint collection_products_position_once unique (collection_id, position),
    constraint collection_products_position check (
        (kind = 'hand') = (position is not null) and position between 1 and 1000
    )
);
-- The collections of a product, and what is deleted with it.
create index collection_products_of_product on collection_products (product_id, collection_id);

-- Products that changed in what a rule looks at, since they were last compared with the rules. A row for each change, and
-- none is ever written twice: a row that two transactions wrote would make one wait for the other.
create table collection_checks (
    id bigint primary key generated always as identity,
    product_id uuid not null
);

create function collections_check_product() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into collection_checks (product_id) values (new.id);
    return null;
end
$$;

create function collections_check_price() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into collection_checks (product_id) values (coalesce(new.product_id, old.product_id));
    return null;
end
$$;

create trigger products_collections_made after insert on products
    for each row execute function collections_check_product();
create trigger products_collections after update of title, vendor, product_type, tags on products
    for each row
    when (
        (old.title, old.vendor, old.product_type, old.tags)
        is distinct from (new.title, new.vendor, new.product_type, new.tags)
    )
    execute function collections_check_product();
create trigger product_prices_collections_made after insert or delete on product_prices
    for each row execute function collections_check_price();
create trigger product_prices_collections after update of amount_from, amount_to, in_stock on product_prices
    for each row
    when (
        (old.amount_from, old.amount_to, old.in_stock) is distinct from (new.amount_from, new.amount_to, new.in_stock)
    )
    execute function collections_check_price();
