"""The example service with the routes by which staff ask a service about itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.ops import api
from chassis.testing import RunningApp, running_app
from chassis.testing.keys import Bench


@asynccontextmanager
async def hello_with_operations(bench: Bench) -> AsyncIterator[RunningApp]:
    """As services of the store mount them."""
    async with running_app("hello", bench) as service:
        added = [route for router in api.routers("hello") for route in router.routes]
        routes = service.app.router.routes
        routes.extend(added)
        try:
            yield service
        finally:
            del routes[-len(added) :]
