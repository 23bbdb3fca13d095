-- no-transaction
-- What has the same address is fetched once.
create index concurrently if not exists media_of_address on media (md5(source_url)) where source_url is not null;
