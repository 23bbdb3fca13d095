-- Which mails about something of an order were sent: a parcel, a refund, a return, or the order itself. Each kind once
-- for each. (What is mailed once an order, from checkout, is in order_mails.)
create table mails_about (
    order_id uuid not null references orders (id),
    kind text not null,
    -- The id of the parcel, refund, return or order.
    subject uuid not null,
    sent_at timestamptz not null default now(),
    primary key (order_id, kind, subject),
    constraint mails_about_kind check (kind in (
        'placed', 'payment_link', 'shipped', 'refunded', 'cancelled_by_shop', 'return_approved', 'return_refused',
        'return_received'
    ))
);
