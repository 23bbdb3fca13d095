"""The HTML pages: templates beside this file, filled with escaped values."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from stripe_double.objects import cards, currencies
from stripe_double.objects.links import FRAMED, form_targets
from stripe_double.objects.records import Intent

_HERE = Path(__file__).parent
_STYLE = (_HERE / "style.css").read_text()
_SCRIPT = (_HERE / "pay.js").read_text()
_TEMPLATES = {
    name: Template((_HERE / f"{name}.html").read_text()) for name in ("layout", "pay", "authenticate", "notice")
}
TYPED = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}
"""The initial values of the form: a card that pays."""
_FIELD_OF = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}


def pay_page(
    intent: Intent,
    return_url: str | None,
    typed: dict[str, str] | None = None,
    problem: tuple[str, str | None] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The pay page. `problem` is an error message and the parameter that it is about."""
    message, param = problem or (None, None)
    wrong = _FIELD_OF.get(param or "")
    invalid = ' aria-invalid="true" aria-describedby="alert"'
    body = _fill(
        "pay",
        raw={
            "alert": f'<p class="alert" id="alert" role="alert">{escape(message)}</p>' if message else "",
            "back": _back(return_url, "Back to the shop without paying"),
            "cards": "\n".join(choice(card) for card in cards.CARDS),
            **{f"{field}_invalid": invalid if field == wrong else "" for field in TYPED},
        },
        amount=currencies.format_amount(intent.amount, intent.currency),
        description=intent.description or intent.id,
        intent=intent.id,
        client_secret=intent.client_secret,
        return_url=return_url or "",
        **(typed or TYPED),
    )
    return _page("Pay", body, status, targets=form_targets(return_url), script=_SCRIPT)


def authentication_page(intent: Intent, origin: str) -> HTMLResponse:
    """The 3-D Secure page. After a failure it returns to the pay page if `origin` is "pay", else to the shop.

    With `FRAMED` the page is in a frame over the shop's page.
    """
    card = cards.by_name(intent.card or cards.CARDS[0].name)
    framed = origin == FRAMED
    body = _fill(
        "authenticate",
        raw={"autofocus": "" if framed else " autofocus"},  # browsers give no frame of another origin the focus
        amount=currencies.format_amount(intent.amount, intent.currency),
        card=f"•••• {card.last4}",
        intent=intent.id,
        client_secret=intent.client_secret,
        origin=origin,
    )
    return _page("3-D Secure", body, 200, targets=form_targets(None if framed else intent.return_url), framed=framed)


def notice(heading: str, text: str, status: int, return_url: str | None = None) -> HTMLResponse:
    """A page with a heading and a text, and a link back to the shop if there is a return URL."""
    back = _back(return_url, "Back to the shop")
    return _page(heading, _fill("notice", raw={"back": back}, heading=heading, text=text), status)


def _page(
    title: str, body: str, status: int, *, targets: str = "'self'", script: str = "", framed: bool = False
) -> HTMLResponse:
    around = "http: https:" if framed else "'none'"
    policy = (
        f"default-src 'none'; base-uri 'none'; frame-ancestors {around}; img-src data:; form-action {targets}; "
        f"style-src {_hash(_STYLE)}; script-src {_hash(script)}"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    text = _TEMPLATES["layout"].substitute(
        title=escape(title),
        style=_STYLE,
        body=body,
        script=f"<script>{script}</script>" if script else "",
    )
    return HTMLResponse(text, status, headers)


def _fill(template: str, *, raw: dict[str, str], **values: str) -> str:
    """Fill a template: `raw` is trusted HTML, `values` are escaped."""
    return _TEMPLATES[template].substitute(raw, **{name: escape(value) for name, value in values.items()})


def choice(card: cards.Card) -> str:
    """A list item with a button that fills in a test card."""
    shown = " ".join(card.number[start : start + 4] for start in range(0, len(card.number), 4))
    return (
        f'<li><button type="button" aria-pressed="false" data-number="{card.number}">'
        f"{escape(card.label)} <span>{shown}</span></button></li>"
    )


def _back(return_url: str | None, text: str) -> str:
    return f'<p class="back"><a href="{escape(return_url)}">{escape(text)}</a></p>' if return_url else ""


def _hash(source: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
