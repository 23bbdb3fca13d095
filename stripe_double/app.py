"""The ASGI application: `stripe_double.app:app` for servers, `create_app(settings)` for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from stripe_double.api import (
    account,
    balance,
    calls,
    control,
    customers,
    dashboard,
    disputes,
    objects,
    payment_intents,
    refunds,
    search,
)
from stripe_double.double import Double
from stripe_double.objects import ids
from stripe_double.objects.errors import broken
from stripe_double.pages import pay_page
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.http import respond
from stripe_double.settings import Settings
from stripe_double.stripe_js import routes


def create_app(settings: Settings | None = None) -> Starlette:
    """The application with these settings, or those of the environment. Its start-up opens the database."""
    double = Double(settings or Settings.from_env())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with double.running():
            yield

    app = Starlette(
        routes=[
            *search.ROUTES,
            *objects.ROUTES,
            *refunds.ROUTES,
            *disputes.ROUTES,
            *balance.ROUTES,
            *customers.ROUTES,
            *account.ROUTES,
            *payment_intents.ROUTES,
            *pay_page.ROUTES,
            *routes.ROUTES,
            *control.ROUTES,
            *dashboard.ROUTES,
        ],
        exception_handlers={404: calls.no_route, 405: calls.no_route, Exception: _broken},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.double = double
    return app


async def _broken(request: Request, _: Exception) -> Response:
    return respond(Answer.of(broken()), ids.new("req_"), request)


app = create_app()
