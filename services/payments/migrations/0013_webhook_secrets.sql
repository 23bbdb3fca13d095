-- Which webhook secret signs, while there are several: when the old one can go. Without the secrets: a hash tells them apart.
create table webhook_secrets_seen (
    fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{16}$'),
    first_at timestamptz not null default now(),
    -- The last webhook that it signed and none that stands before it in STRIPE_WEBHOOK_SECRET.
    last_at timestamptz not null default now()
);
