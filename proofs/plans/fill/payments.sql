-- Payments that were captured, half of them paid back, and everything that was noted about them.
create temporary table o as
select n, at, pg_temp.id_at(at, n) as id, pg_temp.id_at(at, n + :orders) as other
from (select n, now() - interval '3 days' - make_interval(secs => :orders - n) as at from generate_series(1, :orders) as n) as each;
insert into payments (id, order_id, amount, currency, status, intent_id, client_secret, create_key, captured_at, refunds_sum,
    created_at, updated_at)
select id, other, 1000, 'EUR', 'captured', 'pi_filled_' || n, 'secret', 'key', at, case when n % 2 = 0 then 500 else 0 end, at, at
from o;
insert into refunds (id, payment_id, amount, currency, reason, origin, status, key, provider_id, accepted_at)
select other, id, 500, 'EUR', 'other', 'shop', 'succeeded', 'key', 're_filled_' || n, at from o where n % 2 = 0;
insert into ledger_transactions (id, payment_id, kind, occurred_at)
select id, id, 'capture', at from o;
insert into ledger_entries (transaction_id, position, account, side, amount, currency)
select id, 0, 'provider_receivable', 'debit', 1000, 'EUR' from o union all select id, 1, 'customer_orders', 'credit', 1000, 'EUR' from o;
insert into provider_events (id, type, payment_id, intent_id, payload, received_at, applied_at, outcome)
select 'evt_filled_' || n, 'payment_intent.succeeded', id, 'pi_filled_' || n, '{}', now() - interval '3 days', now(), 'applied' from o;
insert into provider_cases (id, payment_id, kind, status, amount, currency, provider_created_at, asked_at)
select 'du_filled_' || n, id, case when n % 3 = 0 then 'refund' else 'dispute' end, 'won', 1000, 'EUR',
       now() - interval '3 days', now()
from o;
insert into balance_movements (id, type, category, amount, fee, currency, source, payout_id, known, provider_created_at)
select 'txn_filled_' || n, 'charge', 'charge', 1000, 30, 'EUR', 'ch_filled_' || n, 'po_filled_' || n / 10, true, now() - interval '3 days'
from o;
insert into payouts (id, amount, currency, status, automatic, arrives_on, complete, movements_sum, provider_created_at, asked_at)
select 'po_filled_' || n, 9700, 'EUR', 'paid', true, current_date - 3, true, 9700, now() - interval '3 days', now()
from generate_series(1, 300) as n;
insert into provider_customers (account_id, customer_id, create_key) select id, 'cus_filled_' || n, 'key' from o;
insert into payment_declines (payment_id, reference, address) select id, 'ch_filled_' || n, sha256(n::text::bytea) from o;
insert into payment_receipts (payment_id, reference, amount, currency) select id, 'filled ' || n, 1000, 'EUR' from o;
insert into staff_notices (subject, told_at) select 'filled ' || n, now() from o;
insert into erasures (subject, kind, erased_at) select id, 'order', now() - interval '9 days' from o;
drop table o;
