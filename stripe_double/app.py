"""The double as an ASGI application: `stripe_double.app:app` for a server, `create_app(settings)` for anyone else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from stripe_double import account, api, control, dashboard, ids, objects_api, pay_page, stripe_js
from stripe_double.answers import Answer
from stripe_double.double import Double
from stripe_double.errors import broken
from stripe_double.http import respond
from stripe_double.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response


def create_app(settings: Settings | None = None) -> Starlette:
    """Without settings, those of the environment. The book is opened when the server starts the application."""
    double = Double(settings or Settings.from_env())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with double.running():
            yield

    app = Starlette(
        routes=[
            *objects_api.ROUTES,
            *account.ROUTES,
            *api.ROUTES,
            *pay_page.ROUTES,
            *stripe_js.ROUTES,
            *control.ROUTES,
            *dashboard.ROUTES,
        ],
        exception_handlers={404: api.no_route, 405: api.no_route, Exception: _broken},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.double = double
    return app


async def _broken(request: Request, _: Exception) -> Response:
    return respond(Answer.of(broken()), ids.new("req_"), request)


app = create_app()
