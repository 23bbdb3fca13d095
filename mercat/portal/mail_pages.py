"""The pages of caught mails, and the same mails as JSON."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mercat.portal import responses
from mercat.portal.mailbox import Mail, Mailbox
from mercat.portal.responses import escape

_SHOWN = 100
_MAX_LIMIT = 1000
# A mail's HTML is not trusted: it may use inline styles and images, nothing else.
_MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def _mailbox(request: Request) -> Mailbox:
    box = request.app.state.mailbox
    assert isinstance(box, Mailbox)  # noqa: S101 -- narrows the type of a loosely typed attribute
    return box


def index(request: Request) -> Response:
    """The list of mails, newest first; `?to=` filters by recipient."""
    wanted = request.query_params.get("to", "")
    found = _mailbox(request).newest(limit=_SHOWN, to=wanted)
    values = {
        "to": escape(wanted),
        "rows": "\n".join(map(_row, found)) or _nothing(wanted),
        "count": escape(_count(found, wanted)),
    }
    return responses.page("mails", values, title="Mail")


def _count(found: list[Mail], wanted: str) -> str:
    number = f"the newest {_SHOWN}" if len(found) == _SHOWN else str(len(found))
    what = "mails" if len(found) != 1 else "mail"
    return f"{number} {what}" + (f" to “{wanted}”" if wanted else "")


def _nothing(wanted: str) -> str:
    why = f"No mail to “{escape(wanted)}”." if wanted else "No mail yet. Buy something: its confirmation arrives here."
    return f'<li class="empty">{why}</li>'


def _row(mail: Mail) -> str:
    return (
        f'<li><a href="/mail/{escape(mail.id)}"><span class="subject">{escape(mail.subject or "(no subject)")}</span>'
        f'<span class="to">{escape(", ".join(mail.to))}</span>'
        f'<time datetime="{escape(mail.received_at)}">{escape(_when(mail))}</time></a></li>'
    )


def _when(mail: Mail) -> str:
    return mail.received_at[:19].replace("T", " ") + " UTC"


def show(request: Request) -> Response:
    """The page of one mail; its HTML is in a sandboxed frame."""
    mail = _mailbox(request).get(request.path_params["id"])
    if mail is None:
        return responses.problem(404, "There is no such mail.")
    values = {
        "subject": escape(mail.subject or "(no subject)"),
        "from": escape(mail.sender),
        "to": escape(", ".join(mail.to)),
        "time": escape(_when(mail)),
        "iso": escape(mail.received_at),
        "trace": escape(mail.trace_id),
        "traced": "" if mail.trace_id else "hidden",
        "html": _frame(mail),
        "text": escape(mail.text),
        "has_text": "" if mail.text else "hidden",
        "open": "" if mail.html else "open",
    }
    return responses.page("mail", values, title=mail.subject or "Mail")


def _frame(mail: Mail) -> str:
    if not mail.html:
        return ""
    source = f"/mail/{escape(mail.id)}/html"
    return f'<iframe class="letter" sandbox src="{source}" title="The mail as its reader sees it"></iframe>'


def body(request: Request) -> Response:
    """A mail's HTML, for the frame."""
    mail = _mailbox(request).get(request.path_params["id"])
    if mail is None or not mail.html:
        return responses.problem(404, "There is no such mail.")
    headers = {
        "Content-Security-Policy": _MAIL_CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(mail.html, headers=headers)


def messages(request: Request) -> Response:
    """`{"items": [...]}`, newest first. `?to=` filters; `?limit=` is 1 to 1000, 100 by default."""
    try:
        limit = int(request.query_params.get("limit", _SHOWN))
    except ValueError:
        limit = 0
    if not 1 <= limit <= _MAX_LIMIT:
        return responses.problem(422, f"limit must be a whole number from 1 to {_MAX_LIMIT}.")
    found = _mailbox(request).newest(limit=limit, to=request.query_params.get("to", ""))
    return responses.json_response({"items": [mail.fields() for mail in found]})


def message(request: Request) -> Response:
    """One mail as JSON."""
    mail = _mailbox(request).get(request.path_params["id"])
    if mail is None:
        return responses.problem(404, "There is no such mail.")
    fields: dict[str, Any] = mail.fields()
    return responses.json_response(fields)


routes = [
    Route("/mail", index),
    Route("/mail/api/messages", messages),
    Route("/mail/api/messages/{id}", message),
    Route("/mail/{id}", show),
    Route("/mail/{id}/html", body),
]
