-- Payouts of the provider to the shop's bank.
create table payouts (
    id text primary key check (length(id) between 1 and 255),
    -- Minor units; below 0: the provider took it from the bank, since the balance was.
    amount bigint not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    status text not null check (length(status) between 1 and 50),
    automatic boolean not null,
    arrives_on date not null,
    failure text check (length(failure) <= 300),
    -- Whether the provider says that it has told all movements of it; never of one that was not automatic.
    complete boolean not null,
    -- What the movements in it add up to; null: not read yet.
    movements_sum bigint,
    provider_created_at timestamptz not null,
    -- When the provider was asked for what is written here: an answer to an earlier question changes nothing.
    asked_at timestamptz not null,
    updated_at timestamptz not null default now()
);
-- Staff's list, newest first.
create index payouts_newest on payouts (provider_created_at desc, id desc);
-- Those whose movements are to be read.
create index payouts_unread on payouts (provider_created_at) where complete and movements_sum is null;

-- Movements of the balance at the provider, each read once. What of them the ledger has is in ledger_transactions.
create table balance_movements (
    id text primary key check (length(id) between 1 and 255),
    type text not null check (length(type) <= 100),
    category text not null check (length(category) <= 100),
    -- Minor units; below 0: it left the balance. The fee is beside it.
    amount bigint not null,
    fee bigint not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    source text check (length(source) <= 255),
    payout_id text references payouts (id),
    -- False: a kind of movement that the ledger has no account for. Staff book it by hand.
    known boolean not null,
    provider_created_at timestamptz not null,
    recorded_at timestamptz not null default now()
);
-- The movements of a payout.
create index balance_movements_of_payout on balance_movements (payout_id) where payout_id is not null;
-- Those that were recorded lately, for the check of the books.
create index balance_movements_recorded on balance_movements (recorded_at);
-- Those that staff have to book.
create index balance_movements_unknown on balance_movements (recorded_at) where not known;

-- What is read of a movement never changes, but for the payout in which it was paid out.
create function balance_movements_guard() returns trigger language plpgsql as $$
begin
    if (new.id, new.type, new.category, new.amount, new.fee, new.currency, new.source, new.known)
        is distinct from (old.id, old.type, old.category, old.amount, old.fee, old.currency, old.source, old.known)
        or (old.payout_id is not null and new.payout_id is distinct from old.payout_id)
    then
        raise exception 'a movement of the balance is fixed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger balance_movements_guard before update on balance_movements
for each row execute function balance_movements_guard();
create trigger balance_movements_keep before delete on balance_movements for each row execute function payments_keep();

-- Up to when all movements of the balance were read. One row.
create table balance_cursor (
    one boolean primary key default true check (one),
    read_until timestamptz not null
);
