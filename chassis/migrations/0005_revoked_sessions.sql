-- Sessions that ended, as identity told it, for as long as a token of theirs might still be shown here.
create table revoked_sessions (
    session_id uuid primary key,
    revoked_at timestamptz not null default now()
);
-- What each replica reads every few seconds: the latest ones.
create index revoked_sessions_latest on revoked_sessions (revoked_at);
