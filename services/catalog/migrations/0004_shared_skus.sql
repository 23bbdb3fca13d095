-- The SKU that a variant would have, were it not another variant's: Shopify lets several variants share one.
alter table variants add column shared_sku text check (length(shared_sku) between 1 and 100);
-- squawk-ignore require-concurrent-index-creation
create index variants_by_shared_sku on variants (shared_sku) where shared_sku is not null;
