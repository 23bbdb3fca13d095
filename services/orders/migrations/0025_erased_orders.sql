-- no-transaction
-- Orders whose person was erased: few, asked for by the jobs that repeat an erasure and seal documents.
create index concurrently if not exists orders_erased on orders (erased_at, id) where erased_at is not null;
