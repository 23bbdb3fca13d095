-- What staff wrote about a movement, beside its reason.
alter table stock_movements
    add column note text,
    add constraint stock_movements_note_short check (length(note) between 1 and 500) not valid;

-- From how many units on a variant is said to be low. Apart from stock, whose rows change with each order.
create table stock_thresholds (
    variant_id uuid primary key references stock (variant_id),
    low_at bigint not null,
    constraint stock_thresholds_low_at check (low_at between 0 and 1000000000)
);
