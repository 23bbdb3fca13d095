-- no-transaction
create index concurrently if not exists variants_by_shared_sku on variants (shared_sku) where shared_sku is not null;
