"""HTML pages, files, JSON and problems as responses with security headers."""

from __future__ import annotations

import html
import json
from pathlib import Path
from string import Template
from typing import Any

from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from mercat.edge import error_page

_PAGES = Path(__file__).parent / "pages"
# Images, styles and scripts come from the store itself; nothing is inline.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def page(name: str, values: dict[str, str], *, title: str) -> Response:
    """The page `pages/<name>.html` inside `frame.html`. `values` are HTML: see `escape`."""
    content = fragment("frame", {"title": escape(title), "body": fragment(name, values), "page": name})
    return HTMLResponse(content, headers={**_HEADERS, "Content-Security-Policy": CSP, "Cache-Control": "no-store"})


def fragment(name: str, values: dict[str, str]) -> str:
    """The HTML of `pages/<name>.html`. `values` are HTML: see `escape`."""
    return Template((_PAGES / f"{name}.html").read_text(encoding="utf-8")).substitute(values)


def escape(value: object) -> str:
    """Plain text, escaped for HTML."""
    return html.escape(str(value), quote=True)


def file(path: Path, *, cache: str = "no-cache") -> Response:
    """A file with its media type."""
    headers = {**_HEADERS, "Content-Security-Policy": CSP, "Cache-Control": cache, "Accept-Ranges": "none"}
    return _WholeFile(path, headers=headers)


class _WholeFile(FileResponse):
    """A file that ignores Range headers: the library would answer an invalid range in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def json_response(value: Any) -> Response:
    """A JSON response that is not cached."""
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    return Response(json.dumps(value, ensure_ascii=False), headers=headers, media_type="application/json")


def problem(status: int, detail: str) -> Response:
    """An error as application/problem+json (RFC 9457), like those of the services."""
    body = error_page.problem_document(status, detail)
    headers = {**_HEADERS, "Cache-Control": "no-store", "X-Request-Id": body["request_id"]}
    return Response(json.dumps(body), status, headers, media_type="application/problem+json")
