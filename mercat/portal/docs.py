"""The API docs: Swagger UI over each service's committed openapi.json. All of it from this machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import swagger_ui_bundle
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat.portal import answers, openapi30

_ASSETS = Path(str(swagger_ui_bundle.swagger_ui_path))
_OFFERED = {"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Swagger UI sets style attributes in the markup it makes, and its icons are data URLs.
_CSP = answers.CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


def _specifications(root: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted((root / "services").glob("*/openapi.json"))}


def index(_request: Request) -> Response:
    """The page; its script asks for the list of services."""
    return answers.page("docs", {}, title="API docs", csp=_CSP)


def services(request: Request) -> Response:
    """`[{"name": "catalog", "url": "/docs/catalog.json"}, ...]`, as Swagger UI wants it."""
    found = _specifications(request.app.state.root)
    return answers.data([{"name": name, "url": f"/docs/{name}.json"} for name in found])


def specification(request: Request) -> Response:
    """One service's description, with this address as its server."""
    name = request.path_params["name"]
    path = _specifications(request.app.state.root).get(name) if _NAME.fullmatch(name) else None
    if path is None:
        return answers.problem(404, "There is no service of that name, or it has no openapi.json.")
    described = json.loads(path.read_text(encoding="utf-8"))
    shown = openapi30.convert(described)
    return answers.data({**shown, "servers": [{"url": "/", "description": "this store"}]})


def asset(request: Request) -> Response:
    """A file of Swagger UI."""
    name = request.path_params["name"]
    if name not in _OFFERED:
        return answers.problem(404, "There is no such file.")
    return answers.file(_ASSETS / name, cache="public, max-age=86400")


routes = [
    Route("/docs", index),
    Route("/docs/services.json", services),
    Route("/docs/assets/{name}", asset),
    Route("/docs/{name}.json", specification),
]
