"""A mail to staff: a limit of what may be held unpaid was reached."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

_SCOPES = {
    "holder": "One customer or guest",
    "address": "Those who order from one address",
    "network": "Those who order from one network",
}
_KINDS = {
    "orders": "orders that are not paid",
    "units": "pieces held by unpaid orders",
    "variant": "pieces of one article held by unpaid orders",
    "lapsed": "orders that ended unpaid within 24 hours",
    "manual": "orders that wait for a bank transfer or cash",
    "manual_variant": "pieces of one article held by orders that wait for a bank transfer or cash",
}
_TEXT = """{who} reached a limit: {allowed} {what}. The next order was refused.

It may be an eager customer, a school that buys, or somebody who wants to keep others from buying.

Who holds most:   GET {url}/api/v1/admin/orders/holds   (permission orders:read)
End an order:     POST {url}/api/v1/admin/orders/<id>/cancel   (permission orders:write)
The limits are settings of the service orders: UNPAID_..., LAPSED_... and MANUAL_...

You are told of this at most once an hour.
"""


def compose(reached: tuple[str, str, int], at: int, *, sender: str, recipient: str, public_url: str) -> bytes:
    """The mail about (scope, kind, allowed) reached at a time in seconds since 1970. The same each time."""
    scope, kind, allowed = reached
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = f"A limit of unpaid orders was reached: {allowed} {_KINDS[kind]}"
    mail["From"], mail["To"] = sender, recipient
    mail["Date"] = formatdate(at)
    mail["Message-ID"] = f"<hold-limit.{scope}.{kind}.{at}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    url = public_url.rstrip("/")
    mail.set_content(_TEXT.format(who=_SCOPES[scope], allowed=allowed, what=_KINDS[kind], url=url))
    return mail.as_bytes()
