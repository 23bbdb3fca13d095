"""The portal's web application. It reads PORTAL_ROOT, PORTAL_STATE and PORTAL_SMTP_PORT from the environment; mercat
sets them.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis.resilience.parent_death import die_with_parent
from mercat.portal import api_docs, front_page, mail_pages, metrics, observe_page, responses
from mercat.portal.host_check import HostCheck
from mercat.portal.mailbox import Mailbox
from mercat.portal.smtp_server import running_smtp_server

_STATIC = Path(__file__).parent / "static"
_STATIC_FILES = {path.name: path for path in _STATIC.iterdir()}


def ready(_request: Request) -> Response:
    """200: the server answers only after `lifespan` has started the mail catcher."""
    return PlainTextResponse("ready")


def static(request: Request) -> Response:
    """The portal's own styles, scripts and icon."""
    path = _STATIC_FILES.get(request.path_params["name"])
    return responses.file(path) if path else responses.problem(404, "There is no such file.")


async def refused(_request: Request, error: Exception) -> Response:
    """Every error as problem+json."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return responses.problem(
        status, str(getattr(error, "detail", "")) or "Something failed here; see `.venv/bin/mercat logs portal`."
    )


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Read the settings, and run the mail catcher for as long as the portal runs."""
    die_with_parent()  # the server's worker process ends with its parent
    app.state.root = Path(os.environ["PORTAL_ROOT"])
    app.state.state = Path(os.environ["PORTAL_STATE"])
    app.state.mailbox = Mailbox(app.state.state / "mail")
    async with running_smtp_server(app.state.mailbox, int(os.environ["PORTAL_SMTP_PORT"])):
        yield


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/_portal/ready", ready),
        Route("/_portal/static/{name}", static),
        *front_page.routes,
        *mail_pages.routes,
        *metrics.routes,
        *observe_page.routes,
        *api_docs.routes,
        Route("/about", front_page.index),
    ],
    middleware=[Middleware(HostCheck)],
    exception_handlers={HTTPException: refused, Exception: refused},
)
