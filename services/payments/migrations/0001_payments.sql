-- One payment an order, for ever: a second PaymentIntent of an order cannot be written down, so its secret is never
-- handed out and it can never be paid.
create table payments (
    id uuid primary key,
    order_id uuid not null,
    -- Minor units. A tombstone (an order cancelled before its payment was asked for) has 0 XXX, ISO 4217's "no currency".
    amount bigint not null,
    currency text not null,
    status text not null,
    intent_id text,
    client_secret text,
    -- The provider's idempotency keys, written before the call that uses them: of the create, and of the capture or
    -- cancellation that `status` says is going on.
    create_key text not null,
    create_key_at timestamptz not null default now(),
    operation_key text,
    -- Whoever creates the intent now holds this claim; it lapses by itself when he dies.
    claimed_until timestamptz not null default '-infinity',
    -- Why the last try was declined; only while another try is possible.
    decline_reference text,
    decline_code text,
    decline_message text,
    cancel_reason text,
    -- When the provider last told its state; null = not known, a call to it ended without an answer.
    provider_state_known_at timestamptz,
    -- When to ask the provider again, and how often that was done since the status changed. Null when all is settled.
    next_check_at timestamptz,
    checks bigint not null default 0,
    -- Every write increases `version`; `facts` counts the events published about it.
    version bigint not null default 1,
    facts bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    captured_at timestamptz,

    constraint payments_order_once unique (order_id),
    constraint payments_amount check (
        (amount > 0 and currency ~ '^[A-Z]{3}$' and currency <> 'XXX')
        or (amount = 0 and currency = 'XXX' and status = 'cancelled' and intent_id is null)
    ),
    constraint payments_status check (
        status in ('created', 'requires_payment', 'authorised', 'capturing', 'captured', 'cancelling', 'cancelled')
    ),
    constraint payments_intent_known check (
        (intent_id is null) = (client_secret is null)
        and (intent_id is not null or status in ('created', 'cancelling', 'cancelled'))
    ),
    constraint payments_operation check (operation_key is not null or status not in ('capturing', 'cancelling')),
    constraint payments_captured check ((status = 'captured') = (captured_at is not null)),
    constraint payments_cancelled check (cancel_reason is not null or status not in ('cancelling', 'cancelled')),
    constraint payments_settled check ((next_check_at is null) = (status in ('captured', 'cancelled'))),
    constraint payments_declined check (
        (decline_reference is null) = (decline_code is null)
        and (decline_reference is null or status = 'requires_payment')
    ),
    constraint payments_counts check (version > 0 and facts >= 0 and checks >= 0)
);

-- An intent of the provider belongs to one payment. Also finds the payment of an intent.
create unique index payments_intent_once on payments (intent_id) where intent_id is not null;
-- The reconciler's question: what is due? Settled payments, nearly all of the table, are not in it.
create index payments_due on payments (next_check_at) where next_check_at is not null;
-- Staff's list, newest first, of all and of one status.
create index payments_newest on payments (created_at desc, id desc);
create index payments_newest_of_status on payments (status, created_at desc, id desc);

-- What no code, however wrong, may do: change what is charged or to whom it belongs, swap the intent, undo a capture.
create function payments_guard() returns trigger language plpgsql as $$
begin
    if (new.order_id, new.amount, new.currency) is distinct from (old.order_id, old.amount, old.currency) then
        raise exception 'a payment''s order, amount and currency are fixed' using errcode = 'restrict_violation';
    end if;
    if old.intent_id is not null and new.intent_id is distinct from old.intent_id then
        raise exception 'a payment keeps its intent' using errcode = 'restrict_violation';
    end if;
    if old.status = 'captured' and new.status <> 'captured' then
        raise exception 'a captured payment stays captured' using errcode = 'restrict_violation';
    end if;
    if new.version <= old.version then
        raise exception 'a payment''s version only grows' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger payments_guard before update on payments for each row execute function payments_guard();

create function payments_keep() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger payments_keep before delete on payments for each row execute function payments_keep();
