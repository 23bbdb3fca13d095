-- no-transaction
-- The list of pictures that are not here yet.
create index concurrently if not exists media_missing on media (id) where digest is null;
