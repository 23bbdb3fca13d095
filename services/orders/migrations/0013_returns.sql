-- Pieces that come back: asked for, approved, received, inspected, closed. Changed under the lock of the order's row.
create table returns (
    id uuid primary key,
    order_id uuid not null references orders (id),
    -- For people: the order's first return, its second.
    number smallint not null,
    status text not null,
    -- Who began it: the shopper, or staff in the shopper's name.
    opened_by text not null,
    reason text not null,
    -- The shopper's words, and the answer of staff.
    note text,
    answer text,
    -- Minor units of the order's currency, kept from what is paid back.
    fee bigint not null default 0,
    -- The refund that was made for it.
    refund_id uuid,
    opened_at timestamptz not null default now(),
    approved_at timestamptz,
    received_at timestamptz,
    inspected_at timestamptz,
    -- When it was refused, cancelled or closed.
    ended_at timestamptz,
    constraint returns_number_once unique (order_id, number),
    constraint returns_refund_once unique (refund_id),
    constraint returns_number check (number between 1 and 50),
    constraint returns_status_check check (
        status in ('requested', 'approved', 'refused', 'cancelled', 'received', 'inspected', 'closed')
    ),
    constraint returns_opened_by check (opened_by in ('shopper', 'staff')),
    constraint returns_reason check (
        reason in (
            'changed_mind', 'does_not_fit', 'not_as_described', 'wrong_article', 'damaged', 'defective', 'late', 'other'
        )
    ),
    constraint returns_texts check (length(note) between 1 and 1000 and length(answer) between 1 and 1000),
    constraint returns_fee check (fee >= 0),
    constraint returns_times check (
        (status in ('approved', 'received', 'inspected', 'closed')) <= (approved_at is not null)
        and (status in ('received', 'inspected', 'closed')) = (received_at is not null)
        and (status in ('inspected', 'closed')) = (inspected_at is not null)
        and (status in ('refused', 'cancelled', 'closed')) = (ended_at is not null)
    ),
    -- Money goes back after the pieces have come.
    constraint returns_refund_after_receipt check (refund_id is null or received_at is not null)
);

-- What is in a return; and, once it was received, what became of it.
create table return_lines (
    return_id uuid not null references returns (id),
    position smallint not null,
    order_id uuid not null,
    quantity integer not null,
    restocked integer not null default 0,
    discarded integer not null default 0,
    to_process integer not null default 0,
    missing integer not null default 0,
    primary key (return_id, position),
    foreign key (order_id, position) references line_progress (order_id, position),
    constraint return_lines_quantity check (quantity between 1 and 999),
    constraint return_lines_counts check (restocked >= 0 and discarded >= 0 and to_process >= 0 and missing >= 0),
    constraint return_lines_all_told check (restocked + discarded + to_process + missing in (0, quantity))
);
-- What was asked back of a line.
create index return_lines_of_line on return_lines (order_id, position);
