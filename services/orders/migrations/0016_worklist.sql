-- The work list of staff: what orders are found by, notes, tags, and saved filters.

-- The words of a text: in small letters, without accents, each once, at most 400. A search is cut into words by the
-- same function.
create function search_words(text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(word), '{}') from (
        select distinct left(word, 60) as word
        from regexp_split_to_table(
            lower(regexp_replace(normalize(coalesce($1, ''), nfkd), '[\u0300-\u036f]', '', 'g')), '[^[:alnum:]]+'
        ) as word
        where word <> '' limit 400
    ) as words
$$;

-- One row an order, beside it: an order moves several times, and each move would write all of these indexes again.
create table order_search (
    order_id uuid primary key references orders (id),
    placed_at timestamptz not null,
    -- In small letters.
    email text not null,
    -- Words of names and titles; the number; and "sku:", "country:", "currency:" and "method:" with what follows.
    words text[] not null,
    constraint order_search_email check (length(email) <= 254),
    constraint order_search_words check (cardinality(words) <= 1000)
);
-- All orders by time.
create index order_search_by_time on order_search (placed_at, order_id);
-- Addresses by how they begin.
create index order_search_by_email on order_search (email text_pattern_ops);
-- Words, and what is labelled; new rows are put into it in small lots, which a search reads one by one.
create index order_search_by_word on order_search using gin (words) with (gin_pending_list_limit = 256);

-- Writes the rows of these orders, or writes them anew.
create function index_orders(ids uuid[]) returns void language sql as $$
    insert into order_search (order_id, placed_at, email, words)
    select o.id, o.placed_at, lower(o.email),
        search_words(concat_ws(' ', o.shipping_address ->> 'name', o.billing_address ->> 'name', line.titles))
        || line.skus || o.number || ('currency:' || o.currency)
        || array_remove(array[
            'country:' || coalesce(o.shipping_address ->> 'country', o.billing_address ->> 'country'),
            'method:' || (o.shipping_method ->> 'id')
        ], null)
    from orders o, lateral (
        select string_agg(l.title || ' ' || l.variant_title, ' ' order by l.position) as titles,
               coalesce(array_agg(distinct 'sku:' || lower(l.sku)), '{}') as skus
        from order_lines l where l.order_id = o.id
    ) as line
    where o.id = any(ids)
    on conflict (order_id) do update set email = excluded.email, words = excluded.words
$$;

-- The lines are written with their order, by one statement.
create function index_new_orders() returns trigger language plpgsql as $$
begin
    perform index_orders(array(select distinct order_id from changed));
    return null;
end
$$;
create trigger order_lines_searched after insert on order_lines
    referencing new table as changed for each statement execute function index_new_orders();
create function index_changed_order() returns trigger language plpgsql as $$
begin
    perform index_orders(array[new.id]);
    return null;
end
$$;
create trigger orders_searched after update of email, shipping_address, billing_address on orders
    for each row execute function index_changed_order();

create table order_notes (
    -- The operation id of the request that wrote it.
    id uuid primary key,
    order_id uuid not null references orders (id),
    -- Its place among the notes of the order: there are no more.
    place smallint not null,
    body text not null,
    author uuid not null,
    written_at timestamptz not null default now(),
    constraint order_notes_place_once unique (order_id, place),
    constraint order_notes_place check (place between 1 and 100),
    constraint order_notes_body check (length(body) between 1 and 2000)
);

-- The tags that orders have, or had.
create table order_tag_names (
    tag text primary key,
    place smallint not null,
    constraint order_tag_names_place_once unique (place),
    constraint order_tag_names_place check (place between 1 and 1000),
    constraint order_tag_names_form check (length(tag) between 1 and 40)
);
create table order_tags (
    order_id uuid not null references orders (id),
    tag text not null references order_tag_names (tag),
    place smallint not null,
    added_by uuid not null,
    added_at timestamptz not null default now(),
    primary key (order_id, tag),
    constraint order_tags_place_once unique (order_id, place),
    constraint order_tags_place check (place between 1 and 25)
);
-- The orders that have a tag.
create index order_tags_by_tag on order_tags (tag, order_id);

-- Named filters of the work list.
create table order_views (
    -- The operation id of the request that made it.
    id uuid primary key,
    owner uuid not null,
    place smallint not null,
    title text not null,
    shared boolean not null,
    -- As they were sent: parameters of the list of orders.
    filters jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint order_views_place_once unique (owner, place),
    constraint order_views_place check (place between 1 and 100),
    constraint order_views_title check (length(title) between 1 and 60),
    constraint order_views_filters check (jsonb_typeof(filters) = 'object' and length(filters::text) <= 8000),
    constraint order_views_version check (version > 0)
);
-- Those that all staff see.
create index order_views_shared on order_views (id) where shared;
