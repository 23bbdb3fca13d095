-- Texts of products, collections and categories in other languages than the shop's own, and what search engines show.
create table translations (
    id uuid primary key default uuidv7(),
    -- One of the three.
    product_id uuid references products (id) on delete cascade,
    collection_id uuid references collections (id) on delete cascade,
    category_id uuid references categories (id) on delete cascade,
    -- Each has a place of its own, so that there are never more than places.
    place integer not null,
    language text not null,
    -- Null: as in the next language that fits, in the end as in the shop's own.
    title text,
    description_html text,
    seo_title text,
    seo_description text,
    -- Of a product, by the name of an option: its name, and its values (catalog/domain/translations.py).
    options jsonb not null default '{}',
    -- What a product is found by.
    words tsvector generated always as (
        case when product_id is not null then
            search_vector(coalesce(title, ''), '', coalesce(description_html, ''))
        end
    ) stored,
    updated_at timestamptz not null default now(),
    constraint translations_of_one check (num_nonnulls(product_id, collection_id, category_id) = 1),
    constraint translations_product_once unique (product_id, language),
    constraint translations_collection_once unique (collection_id, language),
    constraint translations_category_once unique (category_id, language),
    constraint translations_product_place_once unique (product_id, place),
    constraint translations_collection_place_once unique (collection_id, place),
    constraint translations_category_place_once unique (category_id, place),
    constraint translations_place check (place between 1 and 20),
    constraint translations_language check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
    constraint translations_title check (length(title) between 1 and 255),
    constraint translations_description check (length(description_html) between 1 and 100000),
    constraint translations_seo_title check (length(seo_title) between 1 and 255),
    constraint translations_seo_description check (length(seo_description) between 1 and 500),
    constraint translations_options check (
        jsonb_typeof(options) = 'object' and length(options::text) <= 400000
        and (product_id is not null or options = '{}')
    ),
    -- A category is a name in a tree.
    constraint translations_of_category check (
        category_id is null or num_nonnulls(description_html, seo_title, seo_description) = 0
    )
);
create index translations_words on translations using gin (words) where product_id is not null;

-- A mistyped word of a translated title is found, too.
create function translations_learn() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform search_learn(search_words(left(search_fold(new.title), 20000)));
    return null;
end
$$;
create trigger translations_search after insert or update of title on translations
for each row when (new.product_id is not null and new.title is not null) execute function translations_learn();

-- In the shop's own language; empty: title and description stand for them.
alter table products add column seo_title text not null default '';
alter table products add column seo_description text not null default '';
alter table products add constraint products_seo_title check (length(seo_title) <= 255) not valid;
alter table products add constraint products_seo_description check (length(seo_description) <= 500) not valid;
alter table collections add column seo_title text not null default '';
alter table collections add column seo_description text not null default '';
alter table collections add constraint collections_seo_title check (length(seo_title) <= 255) not valid;
alter table collections add constraint collections_seo_description check (length(seo_description) <= 500) not valid;
