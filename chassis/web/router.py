"""The router of a service: it finds a path without parameters in a dict, and any other as Starlette does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


class Router:
    """An ASGI application for "http" alone. `routes` may change while it is in use; `compile_route` gives the ASGI
    application that answers the requests of a route of FastAPI.
    """

    def __init__(self, routes: Sequence[BaseRoute], compile_route: Callable[[APIRoute], ASGIApp]) -> None:
        self._routes = routes
        self._compile = compile_route
        self._seen: list[BaseRoute] = []
        self._apps: list[tuple[BaseRoute, ASGIApp]] = []
        self._exact: dict[tuple[str, str], tuple[Route, ASGIApp]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        Raises:
            HTTPException: 404, or 405 with the methods that there are.
        """
        if self._seen != self._routes:
            self._index()
        exact = self._exact.get((scope["method"], scope["path"]))
        if exact is not None:
            route, app = exact
            scope["route"], scope["endpoint"], scope["path_params"] = route, route.endpoint, {}
            await app(scope, receive, send)
            return
        partial = None
        for candidate, app in self._apps:
            match, found = candidate.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                await app(scope, receive, send)
                return
            if match is Match.PARTIAL and partial is None:
                partial = candidate, found
        if partial is None:
            raise HTTPException(404)
        scope.update(partial[1])
        await partial[0].handle(scope, receive, send)

    def _index(self) -> None:
        """Compile the routes, and put those without parameters into the dict unless an earlier route matches."""
        self._seen = [*self._routes]
        self._apps = [(route, self._app(route)) for route in self._seen]
        self._exact = {}
        for route, app in self._apps:
            if isinstance(route, Route) and not route.param_convertors:
                for method in route.methods or ():
                    if self._first(method, route.path) is route:
                        self._exact[method, route.path] = route, app

    def _app(self, route: BaseRoute) -> ASGIApp:
        return self._compile(route) if isinstance(route, APIRoute) else route.handle

    def _first(self, method: str, path: str) -> BaseRoute | None:
        scope = {"type": "http", "method": method, "path": path}
        return next((route for route in self._seen if route.matches(scope)[0] is Match.FULL), None)
