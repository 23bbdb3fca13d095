-- Every refund of an invoiced order has one credit note of its amount, and a failed one has none (the last 7 days).
-- reads: refunds (id order_id status amount accepted_at failed_at), documents (order_id kind refund_id total)
select r.id, r.order_id, r.amount, coalesce(sum(case d.kind when 'reversal' then -d.total else d.total end), 0) as credited
from refunds r left join documents d on d.refund_id = r.id
where greatest(r.accepted_at, r.failed_at) between now() - interval '7 days' and now() - $1::interval
  and exists (select from documents i where i.order_id = r.order_id and i.kind = 'invoice')
group by r.id
having coalesce(sum(case d.kind when 'reversal' then -d.total else d.total end), 0)
    <> case r.status when 'refunded' then r.amount else 0 end
order by r.id limit 20
