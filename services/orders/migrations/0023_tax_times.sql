-- A rate without a beginning or an end has null there. PostgreSQL's own infinity, as which the driver writes the first and
-- the last moment of its calendar, comes back without a time zone, and no price could be worked out beside it.
alter table tax_rates add constraint tax_rates_finite check (isfinite(valid_from) and isfinite(valid_until)) not valid;
