-- A copy of who the shop is, as its service told last: one row. Services that write mails or documents read it here.
create table shop_profile (
    single boolean primary key default true check (single),
    stored jsonb not null check (jsonb_typeof(stored) = 'object' and length(stored::text) <= 20000),
    changed_at timestamptz not null default now()
);

-- The words of mails that the shop's people wrote in place of the built-in ones; in services that send mails.
create table mail_templates (
    kind text not null check (kind ~ '^[a-z][a-z_]{0,39}$'),
    language text not null check (language ~ '^[a-z]{2}$'),
    subject text not null check (length(subject) between 1 and 200),
    body text not null check (length(body) between 1 and 20000),
    updated_at timestamptz not null default now(),
    primary key (kind, language)
);
