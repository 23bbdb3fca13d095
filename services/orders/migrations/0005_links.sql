-- When a link to an order was last mailed because somebody asked for it, by its number and e-mail address.
create table order_links (
    order_id uuid primary key references orders (id),
    mailed_at timestamptz not null default now()
);
-- The hourly clean-up.
create index order_links_mailed on order_links (mailed_at);

-- How many such mails a mailbox has had on a day (of UTC): anybody may ask for them.
create table link_mails (
    recipient bytea not null check (octet_length(recipient) = 16),
    day date not null,
    mails integer not null check (mails > 0),
    primary key (recipient, day)
);
