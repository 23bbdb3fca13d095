-- was 6a15e76fe14d50ca986fc078dfab5a551c3b9f31e42f450ecc215be10f1d222a
-- The SKU that a variant would have, were it not another variant's: Shopify lets several variants share one.
alter table variants add column shared_sku text;
alter table variants add constraint variants_shared_sku_check check (length(shared_sku) between 1 and 100) not valid;
