"""A service in this process, whole: its lifespan runs, its database is real and empty."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec
from fastapi import FastAPI

from chassis.cache.client import Client
from chassis.context import Context
from chassis.testing.databases import database_name, database_of
from chassis.testing.keys import AUDIENCE, Bench
from chassis.testing.waiting import eventually


@dataclass(frozen=True)
class RunningApp:
    """A service under test."""

    app: FastAPI
    ctx: Context[Any]
    client: httpx.AsyncClient
    bench: Bench
    package: str

    def token(self, account_id: UUID | None = None, scopes: tuple[str, ...] = (), **claims: Any) -> dict[str, str]:
        """The Authorization header of a person."""
        claims = {"aud": [*AUDIENCE, self.package], **claims}
        return {"Authorization": f"Bearer {self.bench.keyring.access_token(account_id, scopes, **claims)}"}

    def caller(self, name: str) -> dict[str, str]:
        """The Authorization header of another service."""
        return {"Authorization": f"Bearer {self.bench.keyring.service_token(name, self.package)}"}

    @property
    def db_owner_url(self) -> str:
        """For a test that must do what the running service may not."""
        return self.bench.postgres.url(database_name(self.package))


@asynccontextmanager
async def running_app(
    package: str, bench: Bench, *, urls: dict[str, list[str]] | None = None, **overrides: Any
) -> AsyncIterator[RunningApp]:
    """The service `package`, started on an empty database. `overrides` are settings by their field name."""
    database_url = await database_of(bench.postgres, package)
    await _forget_limits(bench.valkey_url)
    app: FastAPI = importlib.import_module(f"{package}.app").app
    async with started(app, {**_fields(bench.environment(package, database_url, urls)), **overrides}) as client:
        yield RunningApp(app, app.state.context, client, bench, package)


async def _forget_limits(url: str) -> None:
    client = Client(url, timeout=60)
    await client.execute("FLUSHALL")
    await client.aclose()


@asynccontextmanager
async def started(app: FastAPI, settings: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    """An application with its lifespan run around it, once it is ready, and a client of it.

    Raises:
        whatever ended its start, or later one of its loops.
    """
    app.state.settings_overrides = settings
    app.state.end_process = lambda: None
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        loops = app.state.context.loops
        await eventually(lambda: app.state.readiness.ready or loops.dead, what="the service", every=0.005)
        if not loops.dead:
            yield client
        if loops.dead:
            raise loops.errors[0]


def _fields(environment: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    return {**fields, "service_urls": msgspec.json.decode(fields["service_urls"])}
