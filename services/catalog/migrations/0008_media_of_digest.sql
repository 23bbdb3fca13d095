-- no-transaction
-- Whether a picture still names an object.
create index concurrently if not exists media_of_digest on media (digest) where digest is not null;
