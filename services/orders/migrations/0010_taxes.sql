-- Which tax is owed where, on which goods, and from when to when. Without a rate there is no tax.
create extension if not exists btree_gist;

-- Lists of patterns are compared by it; array_to_string is immutable for texts.
create function codes_key(codes text[]) returns text
    language sql immutable strict parallel safe
    return md5(array_to_string(codes, ','));

create table tax_rates (
    id uuid primary key default uuidv7(),
    country text not null check (country ~ '^[A-Z]{2}$'),
    -- Empty: the whole country.
    region text not null default '' check (length(region) <= 80),
    -- Patterns of postal codes; none: the whole country or region.
    codes text[] not null default '{}' check (cardinality(codes) <= 500),
    tax_class text not null check (tax_class ~ '^[a-z][a-z0-9-]{0,39}$' and tax_class <> 'none'),
    title text not null check (length(title) between 1 and 80),
    -- Millionths: 190000 is 19 %.
    rate integer not null check (rate between 0 and 1000000),
    -- A law frees these goods, which is not the same as a rate of zero.
    exempt boolean not null default false,
    -- Rates of wider places do not count beside it; else they are added.
    alone boolean not null default false,
    valid_from timestamptz,
    valid_until timestamptz,
    version integer not null default 1 check (version > 0),
    updated_at timestamptz not null default now(),
    constraint tax_rates_exempt check (not exempt or rate = 0),
    constraint tax_rates_times check (valid_from < valid_until),
    -- Sent twice, or raised without an end of the old rate, it would be added to itself.
    constraint tax_rates_once exclude using gist (
        country with =, region with =, codes_key(codes) with =, tax_class with =, title with =,
        tstzrange(valid_from, valid_until) with &&
    )
);

-- One row, once staff have said it: where the shop is, and how its prices are listed.
create table tax_settings (
    one boolean primary key default true check (one),
    -- None: not said; then nothing is an export, and no business owes the tax itself.
    country text check (country ~ '^[A-Z]{2}$'),
    region text not null default '' check (length(region) <= 80),
    postal_code text not null default '' check (length(postal_code) <= 16),
    -- Currencies whose listed prices do not hold the tax.
    without_tax text[] not null default '{}' check (cardinality(without_tax) <= 50),
    version integer not null default 1 check (version > 0),
    updated_at timestamptz not null default now()
);

-- How shipping is taxed in a country or one of its regions; where no row is: as the goods, by their value.
create table tax_shipping (
    country text not null check (country ~ '^[A-Z]{2}$'),
    region text not null default '' check (length(region) <= 80),
    how text not null check (how in ('proportional', 'highest', 'own', 'untaxed')),
    tax_class text not null default 'standard' check (tax_class ~ '^[a-z][a-z0-9-]{0,39}$'),
    primary key (country, region)
);
