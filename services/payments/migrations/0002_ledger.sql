-- Double entry, append-only. A transaction is what happened once to a payment; its entries balance in each currency.
create table ledger_transactions (
    id uuid primary key,
    payment_id uuid not null references payments (id),
    kind text not null constraint ledger_transactions_kind check (kind in ('capture')),
    occurred_at timestamptz not null default now(),
    -- Also finds a payment's transactions. A payment is captured once, whatever the code above believes.
    constraint ledger_captured_once unique (payment_id, kind)
);

create table ledger_entries (
    transaction_id uuid not null references ledger_transactions (id),
    position bigint not null,
    account text not null,
    side text not null,
    -- Minor units.
    amount bigint not null,
    currency text not null,

    primary key (transaction_id, position),
    constraint ledger_entries_account check (account in ('provider_receivable', 'customer_orders')),
    constraint ledger_entries_side check (side in ('debit', 'credit')),
    constraint ledger_entries_amount check (amount > 0),
    constraint ledger_entries_currency check (currency ~ '^[A-Z]{3}$')
);
-- Balances by account are read from the index alone.
create index ledger_entries_balance on ledger_entries (account, currency, side) include (amount);

create trigger ledger_transactions_keep before update or delete on ledger_transactions
for each row execute function payments_keep();
create trigger ledger_entries_keep before update or delete on ledger_entries
for each row execute function payments_keep();

-- Asked at commit, when all entries of the transaction are there.
create function ledger_balanced() returns trigger language plpgsql as $$
declare
    written uuid;
begin
    if tg_table_name = 'ledger_entries' then
        written := new.transaction_id;
    else
        written := new.id;
    end if;
    if not exists (select from ledger_entries e where e.transaction_id = written) then
        raise exception 'ledger transaction % has no entries', written using errcode = 'check_violation';
    end if;
    if exists (
        select from ledger_entries e where e.transaction_id = written
        group by e.currency
        having sum(case e.side when 'debit' then e.amount else -e.amount end) <> 0
    ) then
        raise exception 'ledger transaction % does not balance', written using errcode = 'check_violation';
    end if;
    return null;
end
$$;
create constraint trigger ledger_transactions_balanced after insert on ledger_transactions
deferrable initially deferred for each row execute function ledger_balanced();
create constraint trigger ledger_entries_balanced after insert on ledger_entries
deferrable initially deferred for each row execute function ledger_balanced();
