-- no-transaction
-- The list of what is in stock, or is not, by price.
create index concurrently if not exists product_prices_by_stock
on product_prices (currency, in_stock, amount_from, product_id);
