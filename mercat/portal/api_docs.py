"""The API docs: Swagger UI for docs/openapi.json, the description of all services. Nothing is loaded from elsewhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat.portal import responses

# The package contains Swagger UI's files. It is not imported: its code is not needed.
_SPEC = find_spec("fastapi_offline")
_ASSETS = Path((_SPEC and _SPEC.origin) or "").parent / "static"
_SERVED_FILES = {"swagger-ui.css", "swagger-ui-bundle.js"}


def index(_request: Request) -> Response:
    """The page; its script loads the description."""
    return responses.page("docs", {}, title="API docs")


def description(request: Request) -> Response:
    """The OpenAPI description of all services, from docs/openapi.json."""
    path = request.app.state.root / "docs" / "openapi.json"
    return responses.file(path) if path.is_file() else responses.problem(404, "There is no docs/openapi.json yet.")


def asset(request: Request) -> Response:
    """A file of Swagger UI."""
    name = request.path_params["name"]
    if name not in _SERVED_FILES:
        return responses.problem(404, "There is no such file.")
    return responses.file(_ASSETS / name, cache="public, max-age=86400")


routes = [
    Route("/docs", index),
    Route("/docs/openapi.json", description),
    Route("/docs/assets/{name}", asset),
]
