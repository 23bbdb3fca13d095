"""The mails about a registration, as text and as simple HTML.

Anybody can have one sent to any address. So it holds no text that its sender could choose.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from chassis.mail import alternative
from identity.registrations import Registration

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))


def compose(found: Registration, kind: str, token: str, *, sender: str, public_url: str) -> bytes:
    """The mail of this kind: "confirm" or "has_account". The same each time, Message-ID included.

    The token follows a #: a browser does not send that part to a server.
    """
    values = {
        "shop": public_url,
        "confirm": f"{public_url}/account/confirm#{token}",
        "sign_in": f"{public_url}/sign-in",
    }
    subject, _, text = _template(f"{kind}.txt").substitute(values).partition("\n\n")
    escaped = {name: escape(value) for name, value in values.items()}
    content = _template(f"{kind}.html").substitute(escaped)
    page = _template("frame.html").substitute(subject=escape(subject), content=content)
    return alternative(
        sender=sender,
        recipient=found.email,
        subject=subject,
        text=text,
        html=page,
        written=found.created_at,
        identity=f"{found.id}.{kind}",
    )
