"""What a mail about an order says, as text and as simple HTML."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from chassis.mail import alternative
from chassis.values import Money
from chassis.web import is_link
from orders.countries import lines_of
from orders.store.orders import Order, StoredLine

_TEMPLATES = Path(__file__).parent / "templates"
_REASONS = {
    "expired": "it was not paid in time",
    "cancelled_by_customer": "you asked for it",
    "out_of_stock": "an article in it was sold out",
    "payment_unavailable": "its payment could not be made",
}

_KEEP = "This link opens the order on any device, for whoever has it: keep it to yourself."
_SIGN_IN = "It opens once you are signed in."


_NOT_SHIPPED = "Nothing in it is sent by post."


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))


def compose(
    order: Order,
    kind: str,
    *,
    sender: str,
    public_url: str,
    token: str | None = None,
    asked_at: datetime | None = None,
) -> bytes:
    """The mail of this kind: "confirmation", "cancelled", "stock_lost", or "link", which was asked for at a time. The
    same each time, Message-ID included. `token`: a guest's key to the order, which its link brings along.

    Nobody is greeted by name: anybody may have ordered in the name of this address.
    """
    values = _values(order, public_url, token)
    subject, _, text = _template(f"{kind}.txt").substitute(values).partition("\n\n")
    rows = {"lines": _rows(order), "sums": _sum_rows(_sums(order))}
    content = _template(f"{kind}.html").substitute({**_escaped(values), **rows})
    page = _template("frame.html").substitute(subject=escape(subject), content=content)
    return alternative(
        sender=sender,
        recipient=order.email,
        subject=subject,
        text=text,
        html=page,
        written=asked_at or order.paid_at or order.cancelled_at or order.placed_at,
        identity=f"{order.id}.{kind}" if asked_at is None else f"{order.id}.{kind}.{int(asked_at.timestamp())}",
    )


def _values(order: Order, public_url: str, token: str | None) -> dict[str, str]:
    # A browser sends what follows the "#" to no server.
    link = f"{public_url.rstrip('/')}/orders/{order.id}{f'#token={token}' if token else ''}"
    return {
        "number": order.number,
        "lines": "\n".join(f"{line.quantity} x {_title(line)}: {_money(order, line.total)}" for line in order.lines),
        "sums": "\n".join(f"{name}: {amount}" for name, amount in _sums(order)),
        "total": _money(order, order.total),
        "address": "\n".join(["It goes to:", *_address(order)] if order.shipping_address else [_NOT_SHIPPED]),
        "link": link,
        "keep": _KEEP if token else _SIGN_IN if order.account_id else "It opens in the browser that placed the order.",
        "reason": _REASONS.get(order.cancel_reason or "", "it could not be completed"),
    }


def _money(order: Order, amount: int) -> str:
    return str(Money(amount, order.currency))


def _title(line: StoredLine) -> str:
    return f"{line.title} ({line.variant_title})" if line.variant_title else line.title


def _sums(order: Order) -> list[tuple[str, str]]:
    """What the total is made of, as far as there is anything of it."""
    shipping = [("Shipping", _money(order, order.shipping))] if order.requires_shipping else []
    rounding = [("Rounding", _money(order, order.rounding))] if order.rounding else []
    return [("Subtotal", _money(order, order.subtotal)), *shipping, *rounding]


def _address(order: Order) -> list[str]:
    given = order.shipping_address or {}
    rows = [given["name"], *lines_of(given), given["country"]]  # debt(country-codes): its code, not its name
    return [_shown(row) for row in rows]


def _shown(typed: str) -> str:
    """Typed text without invisible characters, changed so that no mail program makes a link of it."""
    seen = "".join(letter for letter in typed if unicodedata.category(letter)[0] != "C")
    return seen.replace("://", " ").replace(".", ". ") if is_link(seen) else seen


def _escaped(values: dict[str, str]) -> dict[str, str]:
    return {name: escape(value).replace("\n", "<br>") for name, value in values.items()}


def _rows(order: Order) -> str:
    return "".join(
        f"<tr><td>{line.quantity} &times;</td><td>{escape(_title(line))}</td>"
        f'<td align="right">{escape(_money(order, line.total))}</td></tr>'
        for line in order.lines
    )


def _sum_rows(sums: list[tuple[str, str]]) -> str:
    return "".join(
        f'<tr><td></td><td>{name}</td><td align="right">{escape(amount)}</td></tr>\n' for name, amount in sums
    )
