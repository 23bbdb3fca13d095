"""Metrics of orders, money and mails. No label identifies a person."""

from __future__ import annotations

from chassis.telemetry import counter

placed = counter("orders_placed", "Orders accepted", ("kind", "currency"))
paid = counter("orders_paid", "Orders paid", ("currency",))
revenue = counter("orders_revenue_minor", "Money taken, in minor units", ("currency",))
cancelled = counter("orders_cancelled", "Orders that ended unpaid", ("reason",))
attention = counter("orders_attention", "Orders that a person must put right", ("kind",))
carts = counter("carts_created", "Carts made", ("kind",))
mails = counter("order_mails", "Mails by kind and outcome", ("kind", "outcome"))
resumed = counter("orders_resumed", "Orders taken up by the sweep, by where they stood", ("status",))
holds_refused = counter("orders_holds_refused", "Orders refused for what is held unpaid", ("scope", "kind"))
