-- What of an order's goods is held or sold.
-- reads: reservations
select order_id, status as stock from reservations
where order_id between $1 and $2 and status in ('held', 'committed')
