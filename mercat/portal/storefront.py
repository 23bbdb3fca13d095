"""What no service claims: the built storefront if there is one, else the front page."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from mercat.portal import answers, front

# A path of these is a machine's question: it gets an error, never a page.
_MACHINES = ("api", "internal", "health", "metrics", "webhooks", ".well-known", "_portal")
# Stripe's own script and frames are what keeps card data out of the store's pages.
CSP = (
    "default-src 'none'; script-src 'self' https://js.stripe.com; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self' https://api.stripe.com; manifest-src 'self'; "
    "frame-src https://js.stripe.com https://hooks.stripe.com; worker-src 'self'; base-uri 'none'; "
    "form-action 'self' http://localhost:*; frame-ancestors 'none'"
)


def serve(request: Request) -> Response:
    """A file of web/dist; for a page's address its index.html; without a storefront the front page at /."""
    path = request.path_params["path"]
    if path.split("/", 1)[0] in _MACHINES:
        return answers.problem(404, "Nothing is found at this address.")
    dist: Path = request.app.state.dist
    if (dist / "index.html").is_file():
        return _built(dist, path)
    return front.index(request) if not path else answers.problem(404, "Nothing is found at this address.")


def _built(dist: Path, path: str) -> Response:
    found = (dist / path).resolve()
    if path and found.is_file() and found.is_relative_to(dist.resolve()):
        # Files under assets/ carry a hash of their content in their names.
        cache = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return answers.file(found, cache=cache, csp=CSP)
    if "." in path.rsplit("/", 1)[-1]:
        return answers.problem(404, "There is no such file.")
    return answers.file(dist / "index.html", csp=CSP)
