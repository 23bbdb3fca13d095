-- What staff write about an account: for staff alone.
create table account_notes (
  id uuid primary key,
  account_id uuid not null references accounts (id) on delete cascade,
  -- An account has so many places, and no more notes.
  place smallint not null,
  body text not null,
  -- The account of who wrote it. It stays when that account is gone.
  author uuid not null,
  written_at timestamptz not null default now(),
  constraint account_notes_one_in_a_place unique (account_id, place),
  constraint account_notes_places check (place between 1 and 100),
  constraint account_notes_length check (length(body) between 1 and 5000)
);

-- Groups of customers, to which staff add accounts by hand.
create table account_groups (
  id uuid primary key,
  place smallint not null constraint account_groups_one_in_a_place unique,
  name text not null,
  about text,
  members integer not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint account_groups_places check (place between 1 and 200),
  constraint account_groups_lengths check (length(name) between 1 and 60 and length(about) between 1 and 200),
  constraint account_groups_members check (members between 0 and 10000)
);
-- Two groups whose names differ in large letters alone would be taken for each other.
create unique index account_groups_name on account_groups (lower(name));

create table account_group_members (
  group_id uuid not null references account_groups (id) on delete cascade,
  account_id uuid not null references accounts (id) on delete cascade,
  added_by uuid not null,
  added_at timestamptz not null default now(),
  primary key (group_id, account_id)
);
-- The groups of an account.
create index account_group_members_account on account_group_members (account_id);

-- Counts the members, also where an account or the group is deleted: the constraint bounds them.
create function account_groups_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        update account_groups set members = members + 1 where id = new.group_id;
    else
        update account_groups set members = members - 1 where id = old.group_id;
    end if;
    return null;
end
$$;
create trigger account_groups_count after insert or delete on account_group_members
for each row execute function account_groups_count();

-- The words of an account's address and name, in small letters and without accents.
create function account_words(email text, name text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct word), '{}')
    from regexp_split_to_table(
        lower(regexp_replace(normalize(concat_ws(' ', email, name), nfkd), '[\u0300-\u036f]', '', 'g')), '[^[:alnum:]]+'
    ) as word
    where word <> ''
$$;
