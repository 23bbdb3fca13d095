-- The trace of the request that made the payment: what the provider tells later goes on in it.
alter table payments add column trace text;
