-- What is on its way back, and what came back, is what the returns say (the last 90 days).
-- reads: returns (id status), return_lines, line_progress
with back as (
    select l.order_id, l.position,
           sum(l.quantity) filter (where r.status in ('requested', 'approved')) as in_return,
           sum(l.quantity - l.missing) filter (where r.status in ('received', 'inspected', 'closed')) as returned
    from return_lines l join returns r on r.id = l.return_id
    where l.order_id > (select uuidv7(interval '-90 days'))
    group by 1, 2
)
select order_id, position, p.in_return, p.returned
from line_progress p left join back b using (order_id, position)
where order_id > (select uuidv7(interval '-90 days'))
  and (p.in_return, p.returned) is distinct from (coalesce(b.in_return, 0), coalesce(b.returned, 0))
order by order_id, position limit 20
