-- Sales figures: what was booked for orders, and what those orders were. Every figure is a sum of these rows, which are
-- written once each, however often and in whatever order events come.

-- The time zone in which a moment is of which day. A change of the shop's counts from the first midnight there that is at
-- least an hour away, so that no day that has begun is counted anew: what was told of the past stays as it was told.
create table figure_zones (
  valid_from timestamptz primary key,
  time_zone text not null check (length(time_zone) between 1 and 60)
);
insert into figure_zones (valid_from, time_zone) select '-infinity', time_zone from profile;

create function figure_day(moment timestamptz) returns date language sql stable as $$
  select (moment at time zone z.time_zone)::date from figure_zones z where z.valid_from <= moment
  order by z.valid_from desc limit 1
$$;

create function figure_zones_follow() returns trigger language plpgsql as $$
begin
  delete from figure_zones where valid_from > statement_timestamp();
  insert into figure_zones (valid_from, time_zone)
  select ((((statement_timestamp() + interval '1 hour') at time zone new.time_zone)::date + 1)::timestamp
          at time zone new.time_zone), new.time_zone
  where new.time_zone <> (select z.time_zone from figure_zones z order by z.valid_from desc limit 1);
  return null;
end
$$;
create trigger figure_zones_follow after update of time_zone on profile for each row
  when (new.time_zone <> old.time_zone) execute function figure_zones_follow();

-- As the ledger of payments has them: what was taken for an order, given back, and came back because that failed. An
-- order that costs nothing is booked with 0.
create table figure_bookings (
  kind text not null check (kind in ('capture', 'refund', 'refund_reversal')),
  -- Of a capture the order, of the others the refund.
  reference uuid not null,
  order_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Minor units; what was given back is below 0.
  amount bigint not null,
  booked_at timestamptz not null,
  day date not null,
  primary key (kind, reference),
  constraint figure_bookings_sign check (case kind when 'refund' then amount < 0 else amount >= 0 end)
);
-- The figures of some days.
create index figure_bookings_of_day on figure_bookings (day);
-- What was booked for an order: the check of the books, and a reading of all orders in their order.
create index figure_bookings_of_order on figure_bookings (order_id);

create table figure_orders (
  order_id uuid primary key,
  placed_at timestamptz not null,
  day date not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  country text check (country ~ '^[A-Z]{2}$'),
  -- A keyed hash of the account.
  buyer bytea check (octet_length(buyer) = 16)
);
-- How many were placed in some days.
create index figure_orders_of_day on figure_orders (day);
-- Whether an account had bought before.
create index figure_orders_of_buyer on figure_orders (buyer) where buyer is not null;

-- What of a booking is of which product: of a capture what was sold, of a refund what it gave back. Minor units.
create table figure_lines (
  reference uuid not null,
  product_id uuid not null,
  quantity integer not null check (quantity >= 0),
  amount bigint not null check (amount >= 0),
  primary key (reference, product_id)
);

-- Reading anew what orders and payments hold, a page after the other: the first time, after a restore, or when an operator
-- says so. Under way while `finished_at` is null.
create table figure_readings (
  source text primary key check (source in ('orders', 'payments')),
  after uuid not null default '00000000-0000-0000-0000-000000000000',
  due_at timestamptz not null default now(),
  finished_at timestamptz
);
insert into figure_readings (source) values ('orders'), ('payments');
