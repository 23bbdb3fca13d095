-- Files that staff uploaded to import, for 7 days, with what became of them.
create table import_files (
    id uuid primary key,
    name text not null,
    content bytea not null,
    -- What it is written in, where whoever uploaded it said so.
    encoding text,
    account_id uuid not null,
    created_at timestamptz not null default now(),
    constraint import_files_name check (length(name) between 1 and 200),
    constraint import_files_encoding check (length(encoding) between 1 and 20),
    constraint import_files_content check (octet_length(content) between 1 and 10000000)
);
-- Which are to be forgotten.
create index import_files_by_age on import_files (created_at);

-- Imports, and tries of them, of such a file.
create table import_runs (
    id uuid primary key,
    file_id uuid not null references import_files (id) on delete cascade,
    dry_run boolean not null,
    -- How the file is to be read and what is to be done, as it was asked for.
    options jsonb not null,
    state text not null default 'waiting',
    -- Null: the file was not read yet.
    rows bigint,
    products bigint,
    -- How many of the products are done, and the slug of the last of them.
    products_done bigint not null default 0,
    last_slug text,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    refused bigint not null default 0,
    stock_set bigint not null default 0,
    stock_changed bigint not null default 0,
    retired bigint not null default 0,
    prices_removed bigint not null default 0,
    -- Findings by their weight, also those that are not kept.
    rows_refused bigint not null default 0,
    rows_changed bigint not null default 0,
    notices bigint not null default 0,
    -- Why the file could not be read.
    error text,
    account_id uuid not null,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint import_runs_state check (state in ('waiting', 'running', 'done', 'failed')),
    constraint import_runs_done check (products_done between 0 and coalesce(products, 0)),
    constraint import_runs_failed check ((state = 'failed') = (error is not null)),
    constraint import_runs_finished check ((state in ('done', 'failed')) = (finished_at is not null))
);
-- The runs of a file, for the foreign key.
create index import_runs_of_file on import_runs (file_id);

-- What a run found in the rows of its file; the first 20,000.
create table import_findings (
    run_id uuid not null references import_runs (id) on delete cascade,
    severity text not null,
    number bigint not null,
    row bigint not null,
    handle text not null,
    "column" text,
    code text not null,
    message text not null,
    primary key (run_id, severity, number),
    constraint import_findings_severity check (severity in ('refused', 'changed', 'notice'))
);
