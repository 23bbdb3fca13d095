"""The FastAPI application of a service, with everything that every service needs and safe defaults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import auth, telemetry
from chassis.audit import Denials
from chassis.cache import Valkey
from chassis.config import CommonSettings, ServiceSpec, read_settings, service_spec
from chassis.config.version import VERSION
from chassis.context import Context, S
from chassis.db.listener import Listener
from chassis.http import ServiceClient
from chassis.inbox import Consumer
from chassis.jobs import Jobs, JobTable
from chassis.outbox import feed
from chassis.resilience import delay, failpoints, loops
from chassis.service import background, exposition, lifecycle, storage
from chassis.service.readings import Reading
from chassis.service.restored import AfterRestore
from chassis.service.restored import after_restore as run_after_restore
from chassis.sessions import api_keys, revocations
from chassis.web import compiled, health, openapi, problem_counts, queries
from chassis.web.cross_origin import CrossOrigin
from chassis.web.hot import Find
from chassis.web.middleware import RequestMiddleware
from chassis.web.router import Router

OnStart = Callable[[Context[Any]], AbstractAsyncContextManager[None]]


def create_service(
    package: str,
    *,
    settings: type[S],
    routers: Sequence[APIRouter],
    jobs: JobTable | None = None,
    consumers: Sequence[Consumer] = (),
    on_start: OnStart | None = None,
    after_restore: AfterRestore | None = None,
    glossary: openapi.Glossary = openapi.COMMON,
    hot: Find | None = None,
    readings: Sequence[Reading] = (),
) -> FastAPI:
    """The application of the service `package`, which has a service.yaml and may have migrations.

    One whose service.yaml names no database is given no `jobs`, `consumers`, `after_restore` and `readings`, and its
    `ctx.db` refuses every use (chassis.service.storage).

    Settings are read when it starts (its lifespan), not when it is imported. Its port is open from then on; it is ready
    when its database is there and its work has begun (chassis.service.lifecycle). `on_start` is a context manager
    around the service's life, for objects of its own in `ctx.extras`; it is entered again when the database went away
    meanwhile. `after_restore`: see chassis.service.restored.
    `glossary` explains in its OpenAPI document what has no description of its own. `hot` finds what is
    answered from the cache before it is routed (chassis.web.hot). `readings` are of the whole service: see
    chassis.service.readings.
    """
    spec = service_spec.load(package)
    storage.check(spec, jobs=jobs, consumers=consumers, readings=readings, after_restore=after_restore)
    readiness = health.Readiness()
    work = partial(_working, on_start, _all_consumers(spec, consumers), readings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            async with AsyncExitStack() as stack:
                ctx = app.state.context = opened(stack)
                app.state.denials = Denials(ctx.db, ctx.limiter) if spec.database else storage.log_denial
                problem_counts.start(app.router.routes)
                await stack.enter_async_context(_exporting(spec, ctx.settings))
                async with lifecycle.running(ctx, readiness, work, app.router.routes):
                    yield
        finally:
            loops.leave_process()

    routes, larger = _routes([*routers, feed.router()] if spec.database else routers)
    app = _application(spec, lifespan, larger, hot)
    opened = partial(_open, app, spec, settings, jobs or JobTable())
    app.state.readiness = readiness
    app.state.after_restore = partial(_restored, opened, on_start, after_restore)
    # Taken over as they are: FastAPI would match an included router twice, which costs a fifth of a small request.
    app.router.routes.extend([*routes, *health.routes(readiness), Route("/metrics", exposition.metrics)])
    app.openapi = lambda: openapi.document(app, glossary)  # type: ignore[method-assign]  # FastAPI's way
    return app


def _routes(routers: Sequence[APIRouter]) -> tuple[list[BaseRoute], dict[str, int]]:
    """All routes, each named by its handler, and the largest body of those that have a limit of their own."""
    routes = [route for router in routers for route in router.routes]
    larger = {}
    for route in routes:
        if isinstance(route, APIRoute):
            route.unique_id = route.name
            if route.max_body_size:
                larger[route.path] = route.max_body_size
    return routes, larger


class _Application(FastAPI):
    """FastAPI with our middleware directly around its routes; it answers every exception of a handler."""

    request_middleware: RequestMiddleware

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        if scope["type"] != "http":
            await self.router(scope, receive, send)
            return
        await (self.middleware_stack or self.request_middleware)(scope, receive, send)


def _compiled(route: APIRoute) -> ASGIApp:
    return queries.Checked(compiled.application(route), queries.of_route(route))


def _application(
    spec: ServiceSpec,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    larger: Mapping[str, int],
    hot: Find | None,
) -> _Application:
    app = _Application(
        title=f"Mercat {spec.name}",
        version=VERSION,
        description=f"{spec.about[0].upper()}{spec.about[1:]}.",
        # Whatever is asked at / comes from outside.
        openapi_url=None if service_spec.REST in spec.routes else "/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
    )
    app.request_middleware = RequestMiddleware(Router(app.router.routes, _compiled), larger=larger, hot=hot)
    return app


async def _restored(
    opened: Callable[[AsyncExitStack], Context[Any]],
    on_start: OnStart | None,
    own: AfterRestore | None,
    moment: datetime,
) -> list[str]:
    async with AsyncExitStack() as stack:
        return await run_after_restore(opened(stack), partial(_resources, on_start), own, moment)


@asynccontextmanager
async def _exporting(spec: ServiceSpec, settings: CommonSettings) -> AsyncIterator[None]:
    if not settings.otel_exporter_otlp_endpoint:
        yield
        return
    from chassis.telemetry import otlp

    endpoint, share = settings.otel_exporter_otlp_endpoint, settings.trace_share
    async with otlp.exporting(spec.name, settings.environment, endpoint, share):
        yield


@asynccontextmanager
async def _resources(on_start: OnStart | None, ctx: Context[Any]) -> AsyncIterator[None]:
    if ctx.spec.database:
        ctx.extras[Listener] = Listener(ctx.db)
    async with nullcontext() if on_start is None else on_start(ctx):
        yield


@asynccontextmanager
async def _working(
    on_start: OnStart | None, consumers: Sequence[Consumer], readings: Sequence[Reading], ctx: Context[Any]
) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_resources(on_start, ctx))
        if "identity" in ctx.spec.follows:
            await stack.enter_async_context(revocations.watched(ctx))
        if "shop" in ctx.spec.calls:
            ctx.get(auth.Verifier).api_keys = api_keys.ApiKeys(
                ctx.cache, api_keys.asking(ctx.http), ctx.limiter.proxies
            )
        if ctx.spec.database:
            await stack.enter_async_context(background.running(ctx, consumers, readings))
        else:
            await stack.enter_async_context(ctx.loops.running("event loop delay", delay.measure))
        yield


def _all_consumers(spec: ServiceSpec, consumers: Sequence[Consumer]) -> list[Consumer]:
    """The service's own, and the chassis' where it follows identity and does not handle its events itself."""
    own = {consumer.producer for consumer in consumers}
    return [*consumers, *([revocations.consumer()] if "identity" in spec.follows and "identity" not in own else [])]


def _open(app: _Application, spec: ServiceSpec, kind: type[S], jobs: JobTable, stack: AsyncExitStack) -> Context[S]:
    """Read the settings and make the context, without connecting anywhere yet; `stack` closes it."""
    settings = read_settings(kind, **getattr(app.state, "settings_overrides", {}))
    origins, middleware = settings.cors_origins, app.request_middleware
    app.middleware_stack = CrossOrigin(middleware, origins) if origins else middleware
    failpoints.configure(settings.failpoints)
    telemetry.configure(spec.name, settings.log_level)
    key = auth.load_private_key(settings.service_key_file)
    kept = storage.opened(spec, settings, key, stack)
    http = ServiceClient(spec.name, key, settings.service_urls)
    stack.push_async_callback(http.aclose)
    keys = auth.Jwks(settings.service_urls.get("identity", []))
    stack.push_async_callback(keys.aclose)
    verifier = auth.Verifier(keys, audience=spec.name, issuer=settings.issuer, lifetime=settings.access_token_seconds)
    app.state.verifier = verifier
    app.state.callers = auth.ServiceVerifier.load(settings.callers_file, spec.name)
    return Context(
        spec=spec,
        settings=settings,
        db=kept.db,
        http=http,
        cache=kept.cache,
        limiter=kept.limiter,
        jobs=Jobs(jobs),
        log=telemetry.logger(spec.name),
        extras={auth.Verifier: verifier, Valkey: kept.valkey},
        loops=loops.Loops(getattr(app.state, "end_process", loops.end_process)),
    )
