-- Until when a log that was restored to an earlier moment, or followed from a restored database, is followed again from its
-- beginning instead of not at all.
alter table inbox_cursor add column restart_until timestamptz not null default '-infinity';
