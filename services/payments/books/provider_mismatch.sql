-- What the provider has of a payment is what was ordered (found within the last day, and not within 15 minutes).
-- reads: payments (id order_id attention attention_at created_at)
select id, order_id, attention from payments
where attention in ('capture_differs', 'amount_differs', 'refunds_exceed', 'order_lost')
  and attention_at between now() - interval '1 day' and now() - interval '15 minutes'
order by id limit 20
