-- What the shop's people set: one row for the shop, its languages, and the texts of its policies.
create table profile (
  id smallint primary key default 1 check (id = 1),
  name text not null check (length(name) between 1 and 100),
  logo_url text check (logo_url ~ '^https?://' and length(logo_url) <= 500),
  primary_colour text not null,
  accent_colour text not null,
  background_colour text not null,
  currencies text[] not null check (cardinality(currencies) <= 30),
  time_zone text not null check (length(time_zone) between 1 and 60),
  mail_name text check (length(mail_name) between 1 and 120),
  mail_reply_to text check (length(mail_reply_to) between 3 and 254),
  version bigint not null default 1 check (version > 0),
  updated_at timestamptz not null default now(),
  constraint profile_colours check (
    primary_colour ~ '^#[0-9a-f]{6}$' and accent_colour ~ '^#[0-9a-f]{6}$' and background_colour ~ '^#[0-9a-f]{6}$'
  )
);

-- The first is the one that counts where a text is missing.
create table languages (
  language text primary key check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  place smallint not null check (place between 1 and 20),
  constraint languages_place unique (place) deferrable initially deferred
);

create table policies (
  kind text not null check (kind in ('imprint', 'privacy', 'terms', 'returns', 'shipping', 'payment')),
  language text not null constraint policies_language references languages,
  title text not null check (length(title) between 1 and 200),
  body text not null check (length(body) between 1 and 60000),
  updated_at timestamptz not null default now(),
  primary key (kind, language)
);
-- To leave out a language.
create index policies_by_language on policies (language);

insert into profile (name, primary_colour, accent_colour, background_colour, currencies, time_zone)
values ('Mercat', '#222222', '#2a5c4d', '#ffffff', '{}', 'UTC');
insert into languages (language, place) values ('en', 1);
