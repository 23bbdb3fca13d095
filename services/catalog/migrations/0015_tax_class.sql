-- Which tax rates of the shop a product has: a class that they name. Rows from before are of the standard class.
alter table products add column tax_class text not null default 'standard';
alter table products add constraint products_tax_class check (tax_class ~ '^[a-z][a-z0-9-]{0,39}$') not valid;
