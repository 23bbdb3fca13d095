-- What was taken for an order, in minor units.
-- reads: payments (order_id status amount currency)
select order_id, amount, currency from payments where order_id between $1 and $2 and status = 'captured'
