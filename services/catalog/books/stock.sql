-- What is reserved is what orders hold; what is on hand is the sum of its movements.
-- reads: variants, stock, stock_movements, reservations, reservation_lines
with held as (
    select l.variant_id, sum(l.quantity) as held
    from reservations r join reservation_lines l using (order_id)
    where r.status = 'held' group by 1
), moved as (
    select variant_id, sum(delta) as moved from stock_movements group by 1
), wrong as materialized (
    -- Planned for all rows: a plan for the first few compares each variant with each, which has no end at 200,000.
    select v.sku, s.on_hand, s.reserved, coalesce(h.held, 0) as held, coalesce(m.moved, 0) as moved
    from stock s
    join variants v on v.id = s.variant_id
    left join held h on h.variant_id = s.variant_id
    left join moved m on m.variant_id = s.variant_id
    where s.tracked and (
        s.reserved <> coalesce(h.held, 0)
        or s.on_hand <> coalesce(m.moved, 0)
    )
)
select * from wrong order by sku limit 20
