-- What a fetched picture is kept in, and how far its fetching has come. It is here when it has a digest; it has been given
-- up when it has given_up_at; else it is still to be fetched.
alter table media
    -- Of its largest size, in pixels.
    add column width bigint,
    add column height bigint,
    -- The widths that it is kept in, ascending; null for a file that is kept as it is.
    add column widths bigint[],
    -- How often it was tried since somebody last asked for it, and until when a process is at it.
    add column tries bigint not null default 0,
    add column fetching_until timestamptz,
    add column stored_at timestamptz,
    -- Why the last try failed: for programs and for people.
    add column failure text,
    add column failure_reason text,
    add column given_up_at timestamptz,
    add constraint media_sizes_sane check (width > 0 and height > 0 and cardinality(widths) between 1 and 10) not valid,
    add constraint media_failure_told check ((failure is null) = (failure_reason is null)) not valid,
    add constraint media_given_up_told check (given_up_at is null or (digest is null and failure is not null)) not valid,
    add constraint media_failure_short check (length(failure) <= 40 and length(failure_reason) <= 500) not valid;

-- Objects that no picture named, and that are being removed: no picture takes their name meanwhile.
create table media_removed (
    digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
    removed_at timestamptz not null default now()
);
