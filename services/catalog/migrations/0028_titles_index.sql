-- no-transaction
-- An import looks for products of any status by their titles, many at once.
create index concurrently if not exists products_of_title on products (lower(title));
