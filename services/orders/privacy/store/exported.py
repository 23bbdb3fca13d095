"""What orders keeps of a person, table by table. Columns that are hidden are secrets, hashes, or say who of the staff
did it; what is not here only counts or copies what is (services/orders/tests/privacy/test_columns.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from chassis.db.exports import Part

# Two questions instead of an `or`: each has its index.
MINE = "(select o.id from orders o where o.account_id = $1 union select unnest($2::uuid[]))"
# Found first, as an array: joined, the lines of all carts would be sorted before their carts are looked at.
_CARTS = f"any(array(select c.id from carts c where c.account_id = $1 or c.order_id in {MINE}))"


def _part(table: str, *key: str, hidden: Iterable[str] = (), whose: str = f"t.order_id in {MINE}") -> Part:
    written = " || '/' || ".join(f"t.{name}::text" for name in key)
    return Part(table=table, key=written, whose=whose, hidden=tuple(hidden))


PARTS = (
    _part("orders", "id", hidden=("token_hash",), whose=f"t.id in {MINE}"),
    _part("order_lines", "order_id", "position"),
    _part("order_events", "order_id", "version", hidden=("actor",)),
    _part("order_notes", "id", hidden=("author",)),
    _part("order_tags", "order_id", "place", hidden=("added_by",)),
    _part("parcels", "id"),
    _part("parcel_lines", "parcel_id", "position"),
    _part("restocks", "id"),
    _part("refunds", "id", hidden=("created_by",)),
    _part("refund_lines", "refund_id", "position"),
    _part("cancellations", "id", hidden=("created_by",)),
    _part("order_disputes", "dispute_id"),
    _part("returns", "id"),
    _part("return_lines", "return_id", "position"),
    _part("order_mails", "order_id", "kind"),
    _part("mails_about", "order_id", "kind", "subject"),
    _part("order_links", "order_id"),
    _part("documents", "id"),
    _part("discount_uses", "order_id", "discount_id", hidden=("customer",)),
    _part("carts", "id", hidden=("token_hash",), whose=f"t.id = {_CARTS}"),
    _part("cart_lines", "cart_id", "variant_id", whose=f"t.cart_id = {_CARTS}"),
    _part("drafts", "id", hidden=("created_by", "sent_by"), whose=f"t.account_id = $1 or t.order_id in {MINE}"),
    _part("order_views", "id", whose="t.owner = $1 and $2::uuid[] is not null"),
)
