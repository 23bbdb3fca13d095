"""A packing slip: what is in a parcel and whom it is for, without prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from orders.checkout import Order
from orders.documents.domain.content import Party, party_of
from orders.documents.domain.page import Column, Page, footer, shown, shown_lines
from orders.documents.domain.rows import title_of
from orders.documents.domain.words import WORDS
from orders.locales import day


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel: pieces by the position of their line. `name`: what tells the order's parcels apart."""

    pieces: dict[int, int]
    day: date
    name: str = ""
    carrier: str = ""
    tracking: str = ""


def whole_order(order: Order, today: date, cancelled: Mapping[int, int]) -> Slip:
    """All that an order sends, in one parcel. `cancelled`: pieces by the position of their line."""
    sent = {
        line.position: line.quantity - cancelled.get(line.position, 0) for line in order.lines if line.requires_shipping
    }
    return Slip(pieces={place: count for place, count in sent.items() if count}, day=today)


def slip_page(order: Order, slip: Slip, seller: Party, language: str, time_zone: str) -> Page:
    """A packing slip as it is drawn."""
    words = WORDS[language]
    packed = [(line, slip.pieces[line.position]) for line in order.lines if slip.pieces.get(line.position)]
    receiver = party_of(order.shipping_address, vat_id=None)
    facts = [
        (words["date"], day(slip.day, language)),
        (words["order"], order.number),
        (words["ordered"], day(order.placed_at, language, time_zone)),
        (words["parcel"], shown(" ".join(filter(None, (slip.name, slip.carrier))))),
        (words["tracking"], shown(slip.tracking)),
    ]
    return Page(
        title=f"{words['packing_slip']} {order.number}",
        author=shown(seller.lines[0]),
        language=language,
        day=slip.day.isoformat(),
        sender=shown_lines(seller.lines),
        recipient=shown_lines([*receiver.lines, receiver.country or ""]),
        facts=[(name, value) for name, value in facts if value],
        columns=[Column("", 8), Column(words["article"]), Column("SKU", 42), Column(words["quantity"], 16, right=True)],
        rows=[[str(line.position), shown(title_of(line)), shown(line.sku), str(count)] for line, count in packed],
        sums=[],
        notes=[words["packed"].format(pieces=sum(count for _, count in packed))],
        footer=footer(seller, language),
        pages=words["page"],
    )
