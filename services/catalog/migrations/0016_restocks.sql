-- Pieces of orders that came back, or were never sent, and go back on the shelf: each request once.
create table restocks (
    id uuid primary key,
    created_at timestamptz not null default now()
);

-- What became of each line: `unknown` variants are not sold here any more, and `uncounted` stock has no number.
create table restock_lines (
    restock_id uuid not null references restocks (id),
    variant_id uuid not null,
    quantity bigint not null,
    outcome text not null,
    primary key (restock_id, variant_id),
    constraint restock_lines_quantity check (quantity > 0),
    constraint restock_lines_outcome check (outcome in ('counted', 'uncounted', 'unknown'))
);
