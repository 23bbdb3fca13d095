-- no-transaction
-- The work list: orders with disputes, refunds or returns, of which there are few.
create index concurrently if not exists order_progress_unusual on order_progress (order_id)
    where disputes > 0 or refunded > 0 or returned > 0;
