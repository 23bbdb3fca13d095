-- Discounts are counted up as often as orders have taken them: in all where there is a limit, and by customer.
-- reads: discounts (id max_uses used), discount_uses (discount_id customer state), discount_customers (discount_id customer used)
with taken as (
    select discount_id, customer, count(*) as times from discount_uses where state = 'taken' group by discount_id, customer
)
select d.id, null as customer, d.used, coalesce(sum(t.times), 0) as taken
from discounts d left join taken t on t.discount_id = d.id where d.max_uses is not null
group by d.id having d.used <> coalesce(sum(t.times), 0)
union all
select c.discount_id, encode(c.customer, 'hex'), c.used, coalesce(t.times, 0)
from discount_customers c full join taken t on t.discount_id = c.discount_id and t.customer = c.customer
where coalesce(c.used, 0) <> coalesce(t.times, 0)
order by 1, 2 limit 20
