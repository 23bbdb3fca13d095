-- What was taken for an order, in minor units: of what costs nothing nothing was.
-- reads: orders (id total currency payment)
select id as order_id, total as amount, currency from orders where id between $1 and $2 and payment = 'captured' and total > 0
