"""Serves all paths that belong to no service: the storefront if there is one, else the front page."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mercat.portal import front_page, responses

# The pay page: the only page of the storefront that runs Stripe's script.
_PAY = re.compile(r"orders/[^/]+/pay")
# Paths of APIs: unknown ones get an error, never a page.
_API_PATHS = ("api", "internal", "health", "metrics", "webhooks", ".well-known", "_portal")


def serve(request: Request) -> Response:
    """A file of the storefront, or its index.html for the path of a page; without a storefront the front page at /."""
    path = request.path_params["path"]
    if path.split("/", 1)[0] in _API_PATHS:
        return responses.problem(404, "Nothing is found at this address.")
    shop = front_page.shop_folder(request.app.state.root)
    if shop is not None:
        return _file(shop, path, request.app.state.double_origin)
    return (
        front_page.index(request)
        if not path and request.scope["state"]["local"]
        else responses.problem(404, "Nothing is found at this address.")
    )


def _file(shop: Path, path: str, double: str) -> Response:
    found = _found(shop, path)
    if found is not None:
        # Files under assets/ carry a hash of their content in their names.
        cache = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return responses.file(found, cache=cache)
    if "." in path.rsplit("/", 1)[-1]:
        return responses.problem(404, "There is no such file.")
    return responses.file(shop / "index.html", more=responses.pay_headers(double) if _PAY.fullmatch(path) else None)


def _found(shop: Path, path: str) -> Path | None:
    try:
        found = (shop / path).resolve()
        return found if path and found.is_relative_to(shop.resolve()) and found.is_file() else None
    except (OSError, ValueError):
        return None  # the name is too long or has characters that no file name may have
