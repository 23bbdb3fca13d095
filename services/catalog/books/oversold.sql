-- Nothing is oversold.
-- reads: variants, stock
select v.sku, s.on_hand, s.reserved from stock s join variants v on v.id = s.variant_id
where s.tracked and not s.backorder and (s.on_hand < 0 or s.reserved > s.on_hand)
order by v.sku limit 20
