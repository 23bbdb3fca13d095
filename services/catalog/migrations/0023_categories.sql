-- The tree of categories. A category is one deeper than its parent, which the foreign key and the check see to together:
-- so no row can be its own ancestor, whoever writes.
create table categories (
    id uuid primary key,
    -- Each has a place of its own, so that there are never more than places.
    place integer not null,
    parent_id uuid,
    -- That of the parent.
    parent_depth integer,
    -- 1 at the top.
    depth integer not null,
    -- Among those of the same parent.
    position integer not null,
    slug text not null,
    title text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint categories_place_once unique (place),
    constraint categories_slug_once unique (slug),
    -- For the foreign key to the parent.
    constraint categories_depth_kept unique (id, depth),
    constraint categories_parent foreign key (parent_id, parent_depth) references categories (id, depth),
    constraint categories_place check (place between 1 and 1000),
    constraint categories_depth check (
        (parent_id is null) = (parent_depth is null) and depth = coalesce(parent_depth, 0) + 1 and depth between 1 and 6
    ),
    constraint categories_position check (position between 0 and 1000),
    constraint categories_slug check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200),
    constraint categories_title check (length(title) between 1 and 255),
    constraint categories_version check (version > 0)
);
-- The categories below one.
create index categories_below on categories (parent_id) where parent_id is not null;

-- A product stands in one category, and so in all above it.
create table category_products (
    product_id uuid primary key references products (id) on delete cascade,
    category_id uuid not null references categories (id)
);
-- The products of a category.
create index category_products_of_category on category_products (category_id, product_id);

-- Products that staff chose to be shown beside another.
create table related_products (
    product_id uuid not null references products (id) on delete cascade,
    position integer not null,
    related_id uuid not null references products (id) on delete cascade,
    primary key (product_id, position),
    constraint related_products_once unique (product_id, related_id),
    constraint related_products_position check (position between 1 and 20),
    constraint related_products_another check (product_id <> related_id)
);
-- What is deleted with a product.
create index related_products_of_related on related_products (related_id);
