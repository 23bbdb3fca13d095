-- Since when no picture names a file any more, as far as is known. A backup may still name it, so the file is kept until
-- no backup in reach is as old (MEDIA_KEEP_DAYS).
create table media_unnamed (
    digest text primary key,
    since timestamptz not null default now(),
    constraint media_unnamed_digest check (digest ~ '^[0-9a-f]{64}$')
);
-- Rows that nobody needs any more.
create index media_unnamed_since on media_unnamed (since);

-- By the database, so that an import, an upload and a version that does not know of it write it alike.
create function media_unnamed() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into media_unnamed (digest) values (old.digest) on conflict (digest) do update set since = now();
    return null;
end
$$;

create trigger media_unnamed_by_delete after delete on media for each row
when (old.digest is not null and old.widths is not null) execute function media_unnamed();

create trigger media_unnamed_by_update after update of digest on media for each row
when (old.digest is not null and old.widths is not null and old.digest is distinct from new.digest)
execute function media_unnamed();
