-- Rows up to (pruned_xid, pruned_id) are gone: a transaction's rows may be deleted in parts. `timeline` is PostgreSQL's
-- own count of promotions and restores to a point in time, as last seen; it is told in the log when it changes.
alter table outbox_log add column pruned_id bigint not null default 0;
alter table outbox_log add column timeline text;
update outbox_log set pruned_id = coalesce((select min(id) - 1 from outbox where xid = pruned_xid), 0);

-- Of an event set aside, the tries that failed because something else was down: they do not count.
alter table inbox_dead add column excused bigint not null default 0;
