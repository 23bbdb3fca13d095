from __future__ import annotations

import copy
import hashlib
import inspect
import itertools
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import Match

from chassis.tests.web import answers, routes
from chassis.web import compiled

ROUTES: dict[str, Any] = {route.path: route for route in (*routes.router.routes, *answers.router.routes)}  # type: ignore[attr-defined]
JSON = [(b"content-type", b"application/json")]
DOCUMENTS = [
    *(b"", b"null", b"{}", b"[]", b"1", b"NaN", b'""', b"{", b"\xff", b'{"a": 1} ', b"\xef\xbb\xbf{}", b"[" * 200_000),
    *(b'{"sku": "a"}', b'{"sku": "a", "count": "7"}', b'{"sku": "", "more": {"x": 1}}', b'{"sku": "a", "sku": "b"}'),
    *(
        b'{"parts": [{"sku": "a"}, {"sku": "b", "count": 2}]}',
        b'{"parts": [{"sku": 1}, {}], "note": 5}',
        b'{"parts": {}}',
    ),
    b'{"part": {"sku": "a"}, "order": {"parts": []}}',
    b'{"part": {"sku": "a"}, "order": {"parts": []}, "extra": null}',
    b'[{"sku": "a"}, {"sku": "toolong", "count": 1.5}]',
    b'"\\ud800"',
    b'{"sku": "\\u0000"}',
]
TYPES = [
    *(b"application/json", b"application/json; charset=utf-8", b"APPLICATION/JSON", b"application/problem+json"),
    *(
        b"application/a/b+json",
        b"text/json",
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"",
        b"json",
        b";;",
        b"\xff",
    ),
]
QUERIES = [
    *(
        b"",
        b"a=1",
        b"a=1&b=1&b=2",
        b"a=x&b=y",
        b"a=1&see=UP",
        b"a=1&see=low&d=yes&e=1&e=1",
        b"a=",
        b"a",
        b"a=1&a=2",
        b"a=%ff",
    ),
    *(
        b"limit=0&currency=x",
        b"limit=7&tags=a&tags=b",
        b"unknown=1&limit=3",
        b"page=2",
        b"page=x&limit=x",
        b"second=s",
        b"weird=1",
    ),
]
HEADERS = [
    [],
    [(b"x-key", b"5")],
    [(b"x-key", b"x"), (b"x-more", b"1"), (b"x-more", b"2"), (b"cookie", b"session=no")],
    [(b"x-first", b"f"), (b"x-many", b"1"), (b"x-many", b"2"), (b"x-key", b"1"), (b"x-key", b"2")],
    [(b"x-key", b"7"), (b"host", b"h"), (b"cookie", b"session=0196a2b4-0000-7000-8000-000000000000; other=1")],
]
PATHS = {
    "/path/{number}/{when}/{name:path}": ["/path/1/2026-01-01/a/b", "/path/x/never/toolong", "/path/1/2026-01-01/"],
    "/yields/{way}": ["/yields/well", "/yields/missing", "/yields/broken"],
    "/swallows/{way}": ["/swallows/well", "/swallows/missing"],
    "/answers/wrong/{kind}": [f"/answers/wrong/{kind}" for kind in ("nothing", "attributes", "long", "extra")],
    "/answers/validated/{number}": ["/answers/validated/2", "/answers/validated/3", "/answers/validated/x"],
    "/answers/status/{status}": [f"/answers/status/{status}" for status in (200, 202, 204, 205, 304, 404, 503)],
    "/raises/{kind}": ["/raises/http", "/raises/problem", "/raises/zero"],
    "/body/dependency/{number}": ["/body/dependency/1", "/body/dependency/x"],
}


def _scope(route, path, query=b"", headers=()):
    scope = {
        "type": "http",
        "method": next(iter(route.methods)),
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query,
        "headers": [*headers],
        "root_path": "",
        "scheme": "http",
        "server": ("x", 80),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    match, found = route.matches(scope)
    assert match is Match.FULL
    return {**scope, **found}


async def _outcome(app, scope, parts):
    """What the server is sent, what was raised, and the dependencies that were called."""
    scope = {**copy.copy(scope), "headers": [*scope["headers"]]}
    left, sent, raised = [*parts], [], None

    async def receive():
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        sent.append(copy.deepcopy(message))

    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the other way must raise it too
        raised = _told(error)
    return sent, raised, scope.get("calls")


def _told(error):
    told = [type(error).__name__, type(error.__cause__).__name__]
    if isinstance(error, RequestValidationError | ResponseValidationError):
        return [*told, repr(error.errors()), repr(error.body), error.endpoint_path]
    if isinstance(error, HTTPException):
        return [*told, error.status_code, error.detail, error.headers]
    return told if told[0] == "FastAPIError" else [*told, str(error)]


def _requests(route):
    """Scopes and bodies, good and hostile."""
    for path in PATHS.get(route.path, [route.path]):
        for query, headers in itertools.product(QUERIES, HEADERS):
            yield _scope(route, path, query, headers), [b""]
        if "POST" in route.methods:
            for document, kind in itertools.product(DOCUMENTS, TYPES):
                yield _scope(route, path, headers=[(b"content-type", kind)]), [document]
            for document in DOCUMENTS:
                yield _scope(route, path), [document]
                yield _scope(route, path, headers=JSON), [document[:3], b"", document[3:]]
            yield _scope(route, path, headers=JSON), []


@pytest.mark.parametrize("path", ROUTES)
async def test_a_compiled_route_answers_as_fastapi_does(path):
    route = ROUTES[path]
    assert compiled.compilable(route)
    fast, ours = AsyncExitStackMiddleware(route.app), compiled.Compiled(route)
    for scope, parts in _requests(route):
        assert await _outcome(ours, scope, parts) == await _outcome(fast, scope, parts), (scope, parts)


@pytest.mark.parametrize("route", answers.LEFT.routes, ids=lambda route: route.path)
async def test_routes_that_need_fastapi_are_not_compiled(route):
    assert not compiled.compilable(route)
    sent, _, _ = await _outcome(compiled.application(route), _scope(route, route.path, headers=JSON), [b'{"sku": "a"}'])
    assert sent[0]["status"] == {"/large": 413}.get(route.path, 200)


# What the compiled routes rely on. When FastAPI changes, this test is red: read what changed, carry it over to
# chassis/web/compiled, and put the new digest here.
RELIED_ON = {
    "fastapi.routing": "get_request_handler request_response serialize_response _build_response_args APIRoute",
    "fastapi.dependencies.utils": """solve_dependencies _solve_generator request_params_to_args request_body_to_args""",
    "fastapi.dependencies.models": "Dependant _get_cache_key _get_computed_scope _is_coroutine_callable",
    "fastapi._compat.v2": "ModelField",
    "starlette.responses": "Response JSONResponse",
    "starlette.routing": "Route compile_path",
}
DIGEST = "6ffd45b3440e2c2b"


def test_the_installed_fastapi_has_the_reviewed_source():
    import importlib

    sources = [
        inspect.getsource(getattr(importlib.import_module(module), name))
        for module, names in RELIED_ON.items()
        for name in names.split()
    ]
    assert hashlib.sha256("".join(sources).encode()).hexdigest()[:16] == DIGEST
