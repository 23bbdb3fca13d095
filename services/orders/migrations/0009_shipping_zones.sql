-- What shipping costs where: zones of places, and the ways of shipping in each. Without a zone the settings' flat rate.

-- One row. Each change of a rule that prices follow from counts it up, in the same transaction: an order is written only
-- under the version that it was priced by.
create table pricing_versions (
    one boolean primary key default true check (one),
    version bigint not null default 1 check (version > 0)
);
insert into pricing_versions default values;

create table shipping_zones (
    id uuid primary key default uuidv7(),
    title text not null check (length(title) between 1 and 80),
    -- The rest of the world: where no place of another zone is.
    elsewhere boolean not null default false,
    version integer not null default 1 check (version > 0),
    updated_at timestamptz not null default now(),
    -- A request that is sent twice makes one zone.
    constraint shipping_zones_title_once unique (title)
);
-- There is one rest of the world.
create unique index shipping_zones_elsewhere_once on shipping_zones (elsewhere) where elsewhere;

-- The places of a zone. A place is in one zone only.
create table shipping_places (
    country text not null check (country ~ '^[A-Z]{2}$'),
    -- Empty: the whole country.
    region text not null default '' check (length(region) <= 80),
    -- A code, its beginning (SW1*) or a range (1000-1999); empty: all codes.
    postal text not null default '' check (postal ~ '^([0-9A-Z]{1,12}|[0-9A-Z]{1,10}[*]|[0-9]{1,10}-[0-9]{1,10})?$'),
    zone_id uuid not null references shipping_zones (id) on delete cascade,
    constraint shipping_places_once primary key (country, region, postal)
);
-- The places of a zone, and what goes with it.
create index shipping_places_of_zone on shipping_places (zone_id);

create table shipping_methods (
    id uuid primary key default uuidv7(),
    zone_id uuid not null references shipping_zones (id) on delete cascade,
    title text not null check (length(title) between 1 and 80),
    kind text not null check (kind in ('delivery', 'pickup')),
    -- What its bands count: minor units of goods by the list, or grams of what is shipped.
    basis text not null check (basis in ('value', 'weight')),
    min_days smallint check (min_days between 0 and 365),
    max_days smallint check (max_days between 0 and 365),
    pickup_at text check (length(pickup_at) between 1 and 300),
    active boolean not null default true,
    position smallint not null default 0 check (position between 0 and 1000),
    version integer not null default 1 check (version > 0),
    updated_at timestamptz not null default now(),
    constraint shipping_methods_title_once unique (zone_id, title),
    constraint shipping_methods_days check (num_nonnulls(min_days, max_days) <> 1 and min_days <= max_days),
    constraint shipping_methods_pickup check ((kind = 'pickup') = (pickup_at is not null))
);

-- What a method costs in a currency from a value or weight on, up to the next band. Minor units.
create table shipping_rates (
    method_id uuid not null references shipping_methods (id) on delete cascade,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    at_least bigint not null check (at_least between 0 and 999999999999),
    -- None: the method is not offered from here on.
    price bigint check (price between 0 and 999999999999),
    -- The value of goods from which it is free; none: never. The same in all bands of a currency.
    free_from bigint check (free_from between 0 and 999999999999),
    primary key (method_id, currency, at_least)
);
