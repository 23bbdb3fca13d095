-- No payment gives back more than was captured, and each counts its refunds.
-- reads: payments (id status amount currency refunds_sum), refunds (payment_id amount currency status)
with counted as (
    select payment_id, sum(refunds.amount) as counted, bool_and(refunds.currency = payments.currency) as same
    from refunds join payments on payments.id = payment_id
    where refunds.status not in ('failed', 'canceled')
    group by payment_id
)
select id as payment_id, amount, refunds_sum, coalesce(counted, 0) as counted
from payments left join counted on payment_id = id
where (counted is not null or refunds_sum <> 0)
  and (refunds_sum is distinct from counted or refunds_sum > amount or status <> 'captured' or not same)
order by id limit 20
