"""The mail page, and the same mails as JSON for the proofs."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mercat.portal import answers
from mercat.portal.answers import text
from mercat.portal.mailbox import Mail, Mailbox

_SHOWN = 100
_MOST = 1000
# A mail's HTML is a stranger's: it may show itself and its inline pictures, nothing else.
_MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def _box(request: Request) -> Mailbox:
    box = request.app.state.mailbox
    assert isinstance(box, Mailbox)  # noqa: S101 -- narrows the type of a loosely typed attribute
    return box


def index(request: Request) -> Response:
    """All mails, newest first; `?to=` those to one person."""
    wanted = request.query_params.get("to", "")
    found = _box(request).newest(limit=_SHOWN, to=wanted)
    values = {
        "to": text(wanted),
        "rows": "\n".join(map(_row, found)) or _nothing(wanted),
        "count": text(_count(found, wanted)),
    }
    return answers.page("mails", values, title="Mail")


def _count(found: list[Mail], wanted: str) -> str:
    number = f"the newest {_SHOWN}" if len(found) == _SHOWN else str(len(found))
    what = "mails" if len(found) != 1 else "mail"
    return f"{number} {what}" + (f" to “{wanted}”" if wanted else "")


def _nothing(wanted: str) -> str:
    why = f"No mail to “{text(wanted)}”." if wanted else "No mail yet. Buy something: its confirmation arrives here."
    return f'<li class="empty">{why}</li>'


def _row(mail: Mail) -> str:
    return (
        f'<li><a href="/mail/{text(mail.id)}"><span class="subject">{text(mail.subject or "(no subject)")}</span>'
        f'<span class="to">{text(", ".join(mail.to))}</span>'
        f'<time datetime="{text(mail.received_at)}">{text(_when(mail))}</time></a></li>'
    )


def _when(mail: Mail) -> str:
    return mail.received_at[:19].replace("T", " ") + " UTC"


def show(request: Request) -> Response:
    """One mail; its HTML in a frame that may do nothing."""
    mail = _box(request).get(request.path_params["id"])
    if mail is None:
        return answers.problem(404, "There is no such mail.")
    values = {
        "subject": text(mail.subject or "(no subject)"),
        "from": text(mail.sender),
        "to": text(", ".join(mail.to)),
        "time": text(_when(mail)),
        "iso": text(mail.received_at),
        "html": _frame(mail),
        "text": text(mail.text),
        "has_text": "" if mail.text else "hidden",
        "open": "" if mail.html else "open",
    }
    return answers.page("mail", values, title=mail.subject or "Mail")


def _frame(mail: Mail) -> str:
    if not mail.html:
        return ""
    source = f"/mail/{text(mail.id)}/html"
    return f'<iframe class="letter" sandbox src="{source}" title="The mail as its reader sees it"></iframe>'


def body(request: Request) -> Response:
    """A mail's HTML alone, for the frame."""
    mail = _box(request).get(request.path_params["id"])
    if mail is None or not mail.html:
        return answers.problem(404, "There is no such mail.")
    headers = {
        "Content-Security-Policy": _MAIL_CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(mail.html, headers=headers)


def messages(request: Request) -> Response:
    """`{"items": [...]}`, newest first. `?to=` filters, `?limit=` is 1 to 1000, 100 if not said."""
    try:
        limit = int(request.query_params.get("limit", _SHOWN))
    except ValueError:
        limit = 0
    if not 1 <= limit <= _MOST:
        return answers.problem(422, f"limit must be a whole number from 1 to {_MOST}.")
    found = _box(request).newest(limit=limit, to=request.query_params.get("to", ""))
    return answers.data({"items": [mail.fields() for mail in found]})


def message(request: Request) -> Response:
    """One mail as JSON."""
    mail = _box(request).get(request.path_params["id"])
    if mail is None:
        return answers.problem(404, "There is no such mail.")
    fields: dict[str, Any] = mail.fields()
    return answers.data(fields)


routes = [
    Route("/mail", index),
    Route("/mail/api/messages", messages),
    Route("/mail/api/messages/{id}", message),
    Route("/mail/{id}", show),
    Route("/mail/{id}/html", body),
]
