-- What of an order's goods is held or sold.
-- reads: orders (id stock)
select id as order_id, stock from orders where id between $1 and $2 and stock in ('held', 'committed')
