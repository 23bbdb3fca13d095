"""Pages and files with the headers that keep a browser from doing more than showing them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from mercat import error_page

_PAGES = Path(__file__).parent / "pages"
# Every picture, style and script is the store's own; nothing is inline.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STRIPE = "https://js.stripe.com https://*.js.stripe.com"
# The page where a card is typed runs Stripe's script, and no other page does.
# Source: https://docs.stripe.com/security/guide#content-security-policy
PAY_CSP = (
    "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self'; "
    "img-src 'self' data: https:; connect-src 'self' https://api.stripe.com; font-src 'self'; "
    "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def page(name: str, values: dict[str, str], *, title: str, status: int = 200, csp: str = CSP) -> Response:
    """`pages/<name>.html` within the frame that all pages share. `values` are HTML; see `text`."""
    body = Template((_PAGES / f"{name}.html").read_text(encoding="utf-8")).substitute(values)
    frame = Template((_PAGES / "frame.html").read_text(encoding="utf-8"))
    content = frame.substitute(title=text(title), body=body, page=name)
    return HTMLResponse(
        content, status, headers={**_HEADERS, "Content-Security-Policy": csp, "Cache-Control": "no-store"}
    )


def text(value: object) -> str:
    """Plain text as HTML."""
    return html.escape(str(value), quote=True)


def file(path: Path, *, cache: str = "no-cache", more: Mapping[str, str] | None = None) -> Response:
    """A file of ours, by its own media type; `more` are headers instead of the usual ones."""
    headers = {**_HEADERS, "Content-Security-Policy": CSP, "Cache-Control": cache, "Accept-Ranges": "none"}
    return _WholeFile(path, headers={**headers, **(more or {})})


def pay_headers(double: str) -> dict[str, str]:
    """For the page where a card is typed. `double` is the origin of Stripe's double; empty is Stripe itself."""
    policy = PAY_CSP
    if double:
        for theirs in (f"{_STRIPE} https://hooks.stripe.com", _STRIPE, "https://api.stripe.com"):
            policy = policy.replace(theirs, double)
    # A bank's page that opens in a window of its own must find the one that opened it.
    return {"Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin-allow-popups"}


class _WholeFile(FileResponse):
    """Whatever part of it is asked for: the library refuses parts that there are not, in plain words and by itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def data(value: Any, status: int = 200) -> Response:
    """JSON."""
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    return Response(json.dumps(value, ensure_ascii=False), status, headers, media_type="application/json")


def problem(status: int, detail: str) -> Response:
    """An error as RFC 9457 has it, like those of the services."""
    body = error_page.document(status, detail)
    headers = {**_HEADERS, "Cache-Control": "no-store", "X-Request-Id": body["request_id"]}
    return Response(json.dumps(body), status, headers, media_type="application/problem+json")
