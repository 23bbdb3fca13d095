-- An order is charged once (the last 7 days).
-- reads: payments (id order_id status), ledger_transactions
with several as materialized (
    -- Planned for all rows: a plan for the first few looks up each payment alone.
    select p.order_id, count(*) as charged
    from payments p join ledger_transactions t on t.payment_id = p.id and t.kind = 'capture'
    where p.id > (select uuidv7(interval '-7 days')) and p.status = 'captured'
    group by p.order_id having count(*) > 1
)
select * from several order by order_id limit 20
