-- Every order that was paid since documents are made has one invoice, with its sums (the last 7 days).
-- reads: orders (id status paid_at probe total tax currency), documents (order_id kind total tax currency), invoicing (since)
select o.id, count(d.order_id) as invoices, o.total, max(d.total) as invoiced
from orders o left join documents d on d.order_id = o.id and d.kind = 'invoice'
where o.paid_at > greatest(now() - interval '7 days', (select since from invoicing)) and o.paid_at < now() - $1::interval
  and o.status = 'paid' and not o.probe
group by o.id
having count(d.order_id) <> 1 or (max(d.total), max(d.tax), max(d.currency)) is distinct from (o.total, o.tax, o.currency)
order by o.id limit 20
