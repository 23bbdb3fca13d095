-- `ledger_of_payment_once` stands for it: a payment has one capture, and as many refunds as there are.
-- squawk-ignore ban-drop-constraint
alter table ledger_transactions drop constraint ledger_captured_once;

-- What of a payment goes back or went back: the refunds that did not fail. Never more than was captured.
alter table payments add column refunds_sum bigint not null default 0;
alter table payments add constraint payments_refunds_sum check (
    refunds_sum between 0 and amount and (refunds_sum = 0 or status = 'captured')
) not valid;

create table refunds (
    -- Of orders; of a refund made at the provider it is made here.
    id uuid primary key,
    payment_id uuid not null references payments (id),
    -- Minor units.
    amount bigint not null,
    currency text not null,
    reason text not null,
    -- Who asked the provider for it: this shop, or somebody in the provider's dashboard.
    origin text not null,
    -- Staff send the money: the payment was none of the provider's.
    manual boolean not null default false,
    -- `requested`: the provider has not answered yet. The others are the provider's words.
    status text not null,
    -- The provider's idempotency key, and when it was made. A key is never used after the provider may have deleted it.
    key text not null,
    key_at timestamptz not null default now(),
    provider_id text,
    failure text,
    -- When it was booked: the provider had accepted it.
    accepted_at timestamptz,
    -- When the provider is asked again, and how often that was done since the status changed. Null when all is settled.
    next_check_at timestamptz,
    checks bigint not null default 0,
    version bigint not null default 1,
    trace text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint refunds_at_provider_once unique (provider_id),
    constraint refunds_amount check (amount > 0 and currency ~ '^[A-Z]{3}$'),
    constraint refunds_reason check (reason in ('requested_by_customer', 'duplicate', 'fraudulent', 'other')),
    constraint refunds_origin check (origin in ('shop', 'provider')),
    constraint refunds_status check (
        status in ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')
    ),
    constraint refunds_of_provider check (origin = 'shop' or (provider_id is not null and status <> 'requested')),
    constraint refunds_known check (provider_id is not null or manual or status in ('requested', 'failed')),
    constraint refunds_accepted check (
        case status when 'requested' then accepted_at is null
        when 'failed' then true when 'canceled' then true else accepted_at is not null end
    ),
    constraint refunds_failure check ((failure is not null) = (status in ('failed', 'canceled'))),
    constraint refunds_due check ((next_check_at is null) = (status in ('succeeded', 'failed', 'canceled'))),
    constraint refunds_counts check (version > 0 and checks >= 0)
);
-- The refunds of a payment, in their order.
create index refunds_of_payment on refunds (payment_id, created_at, id);
-- The reconciler's question: which has to be asked about?
create index refunds_due on refunds (next_check_at) where next_check_at is not null;

-- What no code may do: change what goes back, or to whom; swap the provider's refund; go back from an end.
create function refunds_guard() returns trigger language plpgsql as $$
declare
    steps constant text[] := array['requested', 'pending', 'succeeded', 'failed'];
    told constant jsonb := '{"requires_action": "pending", "canceled": "failed"}';
begin
    if (new.id, new.payment_id, new.amount, new.currency, new.origin, new.manual)
        is distinct from (old.id, old.payment_id, old.amount, old.currency, old.origin, old.manual) then
        raise exception 'a refund''s payment, amount and origin are fixed' using errcode = 'restrict_violation';
    end if;
    if old.provider_id is not null and new.provider_id is distinct from old.provider_id then
        raise exception 'a refund keeps the provider''s refund' using errcode = 'restrict_violation';
    end if;
    if array_position(steps, coalesce(told ->> new.status, new.status))
        < array_position(steps, coalesce(told ->> old.status, old.status)) then
        raise exception 'a refund only goes forward' using errcode = 'restrict_violation';
    end if;
    if new.version <= old.version then
        raise exception 'a refund''s version only grows' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger refunds_guard before update on refunds for each row execute function refunds_guard();
create trigger refunds_keep before delete on refunds for each row execute function payments_keep();

-- Counts a refund in its payment, whose row it locks, until it fails. `payments_refunds_sum` refuses what is too much.
create function refunds_count() returns trigger language plpgsql as $$
declare
    counts constant bigint := case when new.status in ('failed', 'canceled') then 0 else new.amount end;
    counted bigint := 0;
begin
    if tg_op = 'UPDATE' then
        counted := case when old.status in ('failed', 'canceled') then 0 else old.amount end;
    end if;
    if counts <> counted then
        update payments set refunds_sum = refunds_sum + counts - counted, version = version + 1, updated_at = now()
        where id = new.payment_id and currency = new.currency;
        if not found then
            raise exception 'a refund has its payment''s currency' using errcode = 'check_violation';
        end if;
    end if;
    return null;
end
$$;
create trigger refunds_count after insert or update of status on refunds
for each row execute function refunds_count();

-- Asked at commit: what was accepted is in the ledger, and is reversed there if it failed.
create function refunds_booked() returns trigger language plpgsql as $$
begin
    if new.accepted_at is not null and not exists (
        select from ledger_transactions where kind = 'refund' and reference = new.id::text
    ) then
        raise exception 'refund % is not booked', new.id using errcode = 'check_violation';
    end if;
    if new.accepted_at is not null and new.status in ('failed', 'canceled') and not exists (
        select from ledger_transactions where kind = 'refund_reversal' and reference = new.id::text
    ) then
        raise exception 'refund % is not reversed', new.id using errcode = 'check_violation';
    end if;
    return null;
end
$$;
create constraint trigger refunds_booked after insert or update on refunds
deferrable initially deferred for each row execute function refunds_booked();

-- Until when the provider was asked for what its webhooks should have told.
create table provider_sweeps (
    name text primary key,
    looked_at timestamptz not null,

    constraint provider_sweeps_name check (name in ('events', 'cases'))
);
-- Refunds that the version before only showed to staff are taken in, whenever they were made.
insert into provider_sweeps (name, looked_at) values ('events', now()), ('cases', to_timestamp(0));
