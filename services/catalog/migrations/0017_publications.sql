-- Drafts that are to be shown from a moment on. Whoever sets the status of one by hand takes its row away.
create table publications (
    product_id uuid primary key references products (id) on delete cascade,
    publish_at timestamptz not null
);
-- What is due.
create index publications_due on publications (publish_at);
