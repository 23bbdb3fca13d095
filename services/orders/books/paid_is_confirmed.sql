-- Whoever has paid has been told so by mail (the last 7 days).
-- reads: orders (id status paid_at), order_mails (order_id kind)
select o.id, o.paid_at from orders o
where o.id > (select uuidv7(interval '-7 days')) and o.status = 'paid' and o.paid_at < now() - $1::interval
  and not exists (select from order_mails m where m.order_id = o.id and m.kind = 'confirmation')
order by o.id limit 20
