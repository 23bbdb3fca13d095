"""The API docs: Swagger UI over docs/openapi.json, the description of all services. All of it from this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat.portal import answers

# The package holds Swagger UI's files. It is not imported, for what else it does is not needed.
_SPEC = find_spec("fastapi_offline")
_ASSETS = Path((_SPEC and _SPEC.origin) or "").parent / "static"
_OFFERED = {"swagger-ui.css", "swagger-ui-bundle.js"}


def index(_request: Request) -> Response:
    """The page; its script asks for the description."""
    return answers.page("docs", {}, title="API docs")


def description(request: Request) -> Response:
    """What all services can do, as it stands in git."""
    path = request.app.state.root / "docs" / "openapi.json"
    return answers.file(path) if path.is_file() else answers.problem(404, "There is no docs/openapi.json yet.")


def asset(request: Request) -> Response:
    """A file of Swagger UI."""
    name = request.path_params["name"]
    if name not in _OFFERED:
        return answers.problem(404, "There is no such file.")
    return answers.file(_ASSETS / name, cache="public, max-age=86400")


routes = [
    Route("/docs", index),
    Route("/docs/openapi.json", description),
    Route("/docs/assets/{name}", asset),
]
