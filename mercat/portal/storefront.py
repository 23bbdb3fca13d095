"""What no service claims: the storefront if there is one, else the front page."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mercat.portal import answers, front

# The one page of the storefront that runs a script of Stripe's.
_PAY = re.compile(r"orders/[^/]+/pay")
# A path of these is a machine's question: it gets an error, never a page.
_MACHINES = ("api", "internal", "health", "metrics", "webhooks", ".well-known", "_portal")


def serve(request: Request) -> Response:
    """A file of the storefront; for a page's address its index.html; without a storefront the front page at /."""
    path = request.path_params["path"]
    if path.split("/", 1)[0] in _MACHINES:
        return answers.problem(404, "Nothing is found at this address.")
    shop = front.shop_folder(request.app.state.root)
    if shop is not None:
        return _file(shop, path, request.app.state.double_origin)
    return (
        front.index(request)
        if not path and request.scope["state"]["local"]
        else answers.problem(404, "Nothing is found at this address.")
    )


def _file(shop: Path, path: str, double: str) -> Response:
    found = _found(shop, path)
    if found is not None:
        # Files under assets/ carry a hash of their content in their names.
        cache = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return answers.file(found, cache=cache)
    if "." in path.rsplit("/", 1)[-1]:
        return answers.problem(404, "There is no such file.")
    return answers.file(shop / "index.html", more=answers.pay_headers(double) if _PAY.fullmatch(path) else None)


def _found(shop: Path, path: str) -> Path | None:
    try:
        found = (shop / path).resolve()
        return found if path and found.is_relative_to(shop.resolve()) and found.is_file() else None
    except (OSError, ValueError):
        return None  # no file can have such a name: it is too long, or holds what none may hold
