"""The double's Stripe.js and the pages of its frames, in place of https://js.stripe.com.

`stripe.js` is a plain script, joined from the parts that run in the shop's page. The Payment Element is a page of the
double's origin, so that a card number is never in the shop's page.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_double.objects import cards
from stripe_double.pages import rendering

_HERE = Path(__file__).parent
_OF_THE_SHOPS_PAGE = ("api", "channel", "elements", "actions", "stripe")
_HOME = "const HOME = new URL(document.currentScript.src).origin;\n"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors http: https:; img-src data:; "
    "style-src 'self'; script-src 'self'; connect-src 'self'"
)


def script() -> str:
    """The text of stripe.js; it defines the global `Stripe` only."""
    parts = "\n".join((_HERE / f"{part}.js").read_text() for part in _OF_THE_SHOPS_PAGE)
    return f'(() => {{\n"use strict";\n{_HOME}{parts}}})();\n'


def _text(name: str) -> str:
    text = (_HERE / name).read_text()
    if name == "payment-element.html":
        return Template(text).substitute(cards="\n".join(map(rendering.choice, cards.CARDS)))
    return text


_FRAMES = ("payment-element.html", "payment-element.css", "payment-element.js", "card-fields.js", "saved-cards.js",
           "authenticated.html", "authenticated.js")  # fmt: skip
_FILES = {"stripe.js": script()} | {name: _text(name) for name in _FRAMES}


async def serve(request: Request) -> Response:
    """One of the files; 404 for any other name."""
    name = request.path_params["name"]
    if name not in _FILES:
        return Response(status_code=404)
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(_FILES[name], headers=headers, media_type=_KINDS[Path(name).suffix])


ROUTES = [Route("/js/{name}", serve, methods=["GET"])]
