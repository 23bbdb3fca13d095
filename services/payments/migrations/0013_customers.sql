-- Accounts that saved their cards at the provider: one customer there each, made once.
create table provider_customers (
    account_id uuid primary key,
    customer_id text,
    -- The provider's idempotency key of the creation, and when it was made: the provider forgets it after a day.
    create_key text not null,
    create_key_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    -- The account was deleted: no customer is made for it any more, and the one at the provider goes.
    deleted_at timestamptz,
    -- The provider has deleted it, or there was none.
    gone_at timestamptz,

    constraint provider_customers_once unique (customer_id),
    constraint provider_customers_id check (length(customer_id) between 1 and 255),
    constraint provider_customers_gone check (gone_at is null or (deleted_at is not null and customer_id is null))
);
-- Those that are to be deleted at the provider.
create index provider_customers_leaving on provider_customers (deleted_at) where deleted_at is not null and gone_at is null;

create function provider_customers_guard() returns trigger language plpgsql as $$
begin
    if old.customer_id is not null and new.customer_id is distinct from old.customer_id and new.gone_at is null then
        raise exception 'an account keeps its customer' using errcode = 'restrict_violation';
    end if;
    if old.deleted_at is not null and new.deleted_at is null then
        raise exception 'a deleted account stays deleted' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger provider_customers_guard before update on provider_customers
for each row execute function provider_customers_guard();
create trigger provider_customers_keep before delete on provider_customers
for each row execute function payments_keep();
