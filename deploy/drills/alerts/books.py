"""Faults of the books by the page that they cause: the service, what is planted, and how it is taken back.

Constraints that forbid a fault are dropped for as long as it lasts. What was before is in a temporary table.
"""

from __future__ import annotations

FAULTS = {
    "Oversold": (
        "catalog",
        """
        create temp table before as select variant_id, on_hand, reserved from stock
        where tracked and not backorder order by variant_id desc limit 1;
        alter table stock drop constraint stock_not_oversold;
        update stock set reserved = before.on_hand + 1 from before where stock.variant_id = before.variant_id;
        """,
        """
        update stock set reserved = before.reserved from before where stock.variant_id = before.variant_id;
        alter table stock add constraint stock_not_oversold check (not tracked or backorder or reserved <= on_hand);
        """,
    ),
    "LedgerImbalance": (
        "payments",
        """
        create temp table before as
            select transaction_id, position from ledger_entries where side = 'credit' order by transaction_id limit 1;
        update ledger_entries e set amount = amount + 1 from before b
        where (e.transaction_id, e.position) = (b.transaction_id, b.position);
        """,
        """
        update ledger_entries e set amount = amount - 1 from before b
        where (e.transaction_id, e.position) = (b.transaction_id, b.position);
        """,
    ),
    "ChargedTwice": (
        "payments",
        """
        create temp table before as select id, order_id from payments
        where status = 'captured' order by id desc limit 2;
        alter table payments drop constraint payments_order_once;
        update payments set order_id = (select order_id from before order by id limit 1)
        where id in (select id from before);
        """,
        """
        update payments set order_id = before.order_id from before where payments.id = before.id;
        alter table payments add constraint payments_order_once unique (order_id);
        """,
    ),
    "ProviderMismatch": (
        "payments",
        """
        create temp table before as select id from payments where status = 'captured' order by id limit 1;
        update payments set attention = 'amount_differs', attention_at = now() - interval '20 minutes'
        where id in (select id from before);
        """,
        "update payments set attention = null, attention_at = null where id in (select id from before)",
    ),
    "PaidWithoutStock": (
        "orders",
        """
        create temp table before as select id, placed_at from orders
        where status = 'paid' and attention is null limit 1;
        update orders set attention = 'paid_without_stock', placed_at = placed_at - interval '6 minutes'
        where id in (select id from before);
        """,
        """
        update orders set attention = null, placed_at = before.placed_at from before where orders.id = before.id;
        """,
    ),
    "OrderMissing": (
        "payments",
        """
        create temp table before as select uuidv7(interval '-3 hours') as id;
        insert into payments (id, order_id, amount, currency, status, create_key, intent_id, client_secret, captured_at)
        select id, id, 1000, 'EUR', 'captured', 'drill', 'pi_drill', 's', now() - interval '3 hours' from before;
        """,
        "delete from payments where id in (select id from before)",
    ),
}
