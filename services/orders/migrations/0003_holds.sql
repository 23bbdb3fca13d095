-- Who holds stock without having paid, as keyed hashes: an account or a guest's cart, an address, its network. A row goes
-- when its order is paid or fails by itself, and a day after it was written where its holder let it end unpaid. Whether
-- its order is still open the order itself says, so nothing is counted that could drift.
create table order_holds (
    order_id uuid primary key references orders (id),
    holder bytea not null check (octet_length(holder) = 16),
    address bytea not null check (octet_length(address) = 16),
    network bytea not null check (octet_length(network) = 16),
    units integer not null check (units > 0),
    -- One piece, for a holder who held nothing else: never refused for what neighbours hold.
    first boolean not null,
    held_at timestamptz not null default now()
);
create index order_holds_holder on order_holds (holder);
-- An address is always of the same network, so this one finds it too.
create index order_holds_network on order_holds (network);

-- How many mails about unpaid orders an address has had on a day (of UTC): anybody may order in its name.
create table unpaid_mails (
    recipient bytea not null check (octet_length(recipient) = 16),
    day date not null,
    mails integer not null check (mails > 0),
    primary key (recipient, day)
);

-- When staff were last told of something by mail.
create table staff_notices (
    kind text primary key check (length(kind) between 1 and 40),
    told_at timestamptz not null default now()
);
