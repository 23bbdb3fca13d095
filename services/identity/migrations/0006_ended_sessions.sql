-- no-transaction
-- What ended lately: every replica reads it at start and every second.
create index concurrently if not exists sessions_ended on sessions (ended_at, id) where ended_at is not null;
