-- Where products and collections were before, which products are gone, and where else staff lead a visitor.

-- An old slug names the product and not its next slug, so that there is one step to where it is now, however often it
-- moved, and no circle. Kept by triggers, so that no writer can forget it.
create table old_product_slugs (
    slug text primary key,
    product_id uuid not null references products (id) on delete cascade,
    left_at timestamptz not null default now()
);
create index old_product_slugs_of_product on old_product_slugs (product_id, left_at);

create table old_collection_slugs (
    slug text primary key,
    collection_id uuid not null references collections (id) on delete cascade,
    left_at timestamptz not null default now()
);
create index old_collection_slugs_of_collection on old_collection_slugs (collection_id, left_at);

-- Whoever has a slug now has it alone. A second transaction waits at the unique index of the slug until the first has
-- ended, and this statement sees what that left.
create function product_slug_taken() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    delete from old_product_slugs where slug = new.slug;
    return null;
end
$$;
create function product_slug_left() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    delete from old_product_slugs where slug = new.slug;
    insert into old_product_slugs (slug, product_id, left_at) values (old.slug, new.id, clock_timestamp());
    -- The newest 100 stay. The row of the product is locked, so that nobody else counts.
    delete from old_product_slugs where slug in (
        select slug from old_product_slugs where product_id = new.id order by left_at desc, slug offset 100
    );
    return null;
end
$$;
create trigger products_slug_taken after insert on products for each row execute function product_slug_taken();
create trigger products_slug_left after update of slug on products
for each row when (old.slug <> new.slug) execute function product_slug_left();

create function collection_slug_taken() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    delete from old_collection_slugs where slug = new.slug;
    return null;
end
$$;
create function collection_slug_left() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    delete from old_collection_slugs where slug = new.slug;
    insert into old_collection_slugs (slug, collection_id, left_at) values (old.slug, new.id, clock_timestamp());
    delete from old_collection_slugs where slug in (
        select slug from old_collection_slugs where collection_id = new.id order by left_at desc, slug offset 100
    );
    return null;
end
$$;
create trigger collections_slug_taken after insert on collections
for each row execute function collection_slug_taken();
create trigger collections_slug_left after update of slug on collections
for each row when (old.slug <> new.slug) execute function collection_slug_left();

-- Products that were shown and are not shown any more: whoever asks for one that is archived is told that it is gone.
create table withdrawn_products (
    product_id uuid primary key references products (id) on delete cascade,
    withdrawn_at timestamptz not null default now()
);
create function product_withdrawn() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into withdrawn_products (product_id) values (new.id) on conflict do nothing;
    return null;
end
$$;
create trigger products_withdrawn after update of status on products
for each row when (old.status = 'active' and new.status <> 'active') execute function product_withdrawn();

-- Addresses of pages that lead to others.
create table redirects (
    id uuid primary key,
    -- Each has a place of its own, so that there are never more than places.
    place integer not null,
    from_path text not null,
    to_path text not null,
    created_at timestamptz not null default now(),
    constraint redirects_place_once unique (place),
    constraint redirects_from_once unique (from_path),
    constraint redirects_place check (place between 1 and 5000),
    constraint redirects_from check (from_path ~ '^/[^/]' and length(from_path) <= 500),
    constraint redirects_to check (to_path ~ '^/([^/]|$)' and length(to_path) <= 500),
    constraint redirects_elsewhere check (from_path <> to_path)
);
create index redirects_to_path on redirects (to_path);

-- Nothing leads to an address that leads on. Writers wait for each other, so that each sees what the other wrote.
create function redirects_one_step() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('catalog.redirects', 0));
    if exists (select from redirects where from_path = new.to_path)
       or exists (select from redirects where to_path = new.from_path) then
        raise exception 'a redirect would lead to another' using errcode = 'check_violation',
            constraint = 'redirects_one_step';
    end if;
    return null;
end
$$;
create trigger redirects_one_step after insert or update on redirects
for each row execute function redirects_one_step();
