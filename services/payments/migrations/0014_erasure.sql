-- Payments of orders whose person was erased: money, currency and the provider's ids stay, for the books. What was shown
-- to the shopper, and what a bank or the till named the customer by, does not.
create table erasures (
    -- The id of the account, or of the order.
    subject uuid primary key,
    kind text not null,
    erased_at timestamptz not null default now(),
    constraint erasures_kind check (kind in ('account', 'order'))
);
-- Those that are forgotten.
create index erasures_by_age on erasures (erased_at);

-- A receipt is kept as it was written, but that its reference goes with the person who paid.
create function payment_receipts_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.reference = 'erased ' || old.payment_id
       and to_jsonb(new) - 'reference' = to_jsonb(old) - 'reference'
       and exists (select from payments p join erasures e on e.subject = p.order_id where p.id = old.payment_id) then
        return new;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;
create or replace trigger payment_receipts_keep before update or delete on payment_receipts
    for each row execute function payment_receipts_guard();
