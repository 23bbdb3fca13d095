-- The address book of an account: where its owner has things sent, and who is billed. Whether a shop sends there, and what
-- its country needs, is decided at checkout.
create table account_addresses (
  id uuid primary key,
  account_id uuid not null references accounts (id) on delete cascade,
  -- An account has so many places, and no more addresses.
  place smallint not null,
  name text not null,
  line1 text not null,
  line2 text,
  city text,
  postal_code text,
  region text,
  country text not null,
  phone text,
  default_shipping boolean not null,
  default_billing boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint account_addresses_one_in_a_place unique (account_id, place),
  constraint account_addresses_places check (place between 1 and 20),
  constraint account_addresses_country check (country ~ '^[A-Z]{2}$'),
  constraint account_addresses_lengths check (
    length(name) between 1 and 120 and length(line1) between 1 and 200 and length(line2) between 1 and 200
    and length(city) between 1 and 120 and length(postal_code) between 1 and 16
    and length(region) between 1 and 200 and length(phone) between 1 and 60
  )
);
-- One of them is suggested at checkout, for each purpose.
create unique index account_addresses_default_shipping on account_addresses (account_id) where default_shipping;
-- The same for billing.
create unique index account_addresses_default_billing on account_addresses (account_id) where default_billing;
