-- Roles that a store makes for itself, beside the built-in ones.
create table own_roles (
  name text primary key,
  about text not null,
  scopes text[] not null,
  changed_at timestamptz not null default now(),
  constraint own_roles_name_form check (name ~ '^[a-z][a-z0-9-]{1,39}$'),
  constraint own_roles_not_built_in check (name not in ('customer', 'support', 'merchandiser', 'admin', 'probe')),
  constraint own_roles_about_length check (length(about) between 1 and 200),
  constraint own_roles_scopes_some check (cardinality(scopes) between 1 and 40),
  -- The synthetic shopper's is in no role of a store.
  constraint own_roles_scopes_given check (not 'shop:probe' = any(scopes))
);

-- Roles are known by name here or built in: the trigger below looks in place of the closed list.
-- squawk-ignore ban-drop-constraint
alter table accounts drop constraint accounts_roles_known;
alter table accounts add constraint accounts_roles_some check (cardinality(roles) between 1 and 20) not valid;

create function accounts_roles_exist() returns trigger language plpgsql as $$
declare
    own text[] := array(
        select role from unnest(new.roles) role
        where role not in ('customer', 'support', 'merchandiser', 'admin', 'probe') order by role
    );
    found integer;
begin
    -- The lock keeps each of them until this transaction ends.
    perform from own_roles where name = any(own) order by name for key share;
    get diagnostics found = row_count;
    if found <> cardinality(own) then
        raise exception using errcode = 'foreign_key_violation', constraint = 'accounts_roles_exist',
            message = 'an account has a role that there is not';
    end if;
    return new;
end
$$;
create trigger accounts_roles_exist before insert or update of roles on accounts
for each row when (new.roles <> '{customer}') execute function accounts_roles_exist();

create function own_roles_in_use_stay() returns trigger language plpgsql as $$
begin
    if exists (select from accounts where roles <> '{customer}' and old.name = any(roles)) then
        raise exception using errcode = 'foreign_key_violation', constraint = 'own_roles_in_use_stay',
            message = 'an account has this role';
    end if;
    return old;
end
$$;
create trigger own_roles_in_use_stay before delete on own_roles
for each row execute function own_roles_in_use_stay();
