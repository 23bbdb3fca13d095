"""FastAPI routes compiled at start: the tree of dependencies and the kind of answer are computed once a route.

A compiled route answers as FastAPI does, byte for byte (chassis/tests/web/test_compiled.py). It has none of FastAPI's
exception handlers and telemetry, and an exit stack only where a dependency yields: the middleware gets the exceptions.
A route is compiled if it needs no more than async functions, parameters, a JSON body and a `Response` parameter.
FastAPI itself runs all others.

FastAPI's internals are used in this folder alone, and a test fails when one of them changes.
"""

from __future__ import annotations

import email.message
import json
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any

from fastapi._compat import Undefined
from fastapi.datastructures import DefaultPlaceholder
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import EndpointContext, FastAPIError, RequestValidationError, ResponseValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.params import Form
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.utils import is_body_allowed_for_status_code
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.web.compiled import steps

_JSON = (b"content-type", b"application/json")


def application(route: APIRoute) -> ASGIApp:
    """The route as an ASGI application: compiled where that is possible, else FastAPI's own."""
    return Compiled(route) if compilable(route) else AsyncExitStackMiddleware(route.app)


def compilable(route: APIRoute) -> bool:
    """Whether the route uses only what `Compiled` supports."""
    return (
        type(route) is APIRoute
        and route.max_body_size is None
        and route.dependency_overrides_provider is None
        and not (route.body_field and isinstance(route.body_field.field_info, Form))
        and _class(route) in {JSONResponse, Response}
        and not (route.is_json_stream or route.is_sse_stream)
        and all(steps.plain(dependant) for dependant in steps.tree(route.dependant))
    )


def _class(route: APIRoute) -> type[Response]:
    kind = route.response_class
    return kind.value if isinstance(kind, DefaultPlaceholder) else kind


class Compiled:
    """An ASGI application that answers as the route does."""

    def __init__(self, route: APIRoute) -> None:
        self._steps = steps.Steps(route)
        self._route = route
        # As FastAPI: where no response class is chosen, pydantic encodes a declared answer to JSON directly.
        self._dumps = route.response_field is not None and isinstance(route.response_class, DefaultPlaceholder)
        strict = route.strict_content_type
        self._strict = strict.value if isinstance(strict, DefaultPlaceholder) else strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises what the handler raises, RequestValidationError and HTTPException."""
        request = Request(scope, receive, send)
        if not self._steps.yields:
            await self._respond(request, scope, receive, send)
            return
        sent = False
        async with AsyncExitStack() as scope[steps.STACK]:
            await self._respond(request, scope, receive, send)
            sent = True
        if not sent:
            raise FastAPIError("a dependency with `yield` caught an exception and did not raise it again")

    async def _respond(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        body = Undefined if self._route.body_field is None else await self._body(request)
        parameter = _ResponseParameter() if self._steps.takes_response else None
        run = steps.Run(request, parameter, body, [])
        result = await self._steps.run(run)
        if run.errors:
            sent = None if body is Undefined else body
            raise RequestValidationError(run.errors, body=sent, endpoint_ctx=self._where(request))
        if isinstance(result, Response):
            await result(scope, receive, send)
            return
        status = (parameter and parameter.status_code) or self._route.status_code or 200
        content = self._content(request, result)
        if self._dumps and is_body_allowed_for_status_code(status):
            length = str(len(content)).encode()
            headers = [(b"content-length", length), _JSON, *(parameter.raw_headers if parameter else ())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": content})
        else:
            await self._answer(content, status, parameter)(scope, receive, send)

    async def _body(self, request: Request) -> Any:
        """The JSON document; the bytes where the content type is not JSON; Undefined without a body."""
        try:
            sent = await request.body()
            if sent and _says_json(request.headers.get("content-type"), strict=self._strict):
                return await request.json()
        except json.JSONDecodeError as wrong:
            error = {"type": "json_invalid", "loc": ("body", wrong.pos), "msg": "JSON decode error", "input": {}}
            error["ctx"] = {"error": wrong.msg}
            raise RequestValidationError([error], body=wrong.doc, endpoint_ctx=self._where(request)) from wrong
        except HTTPException:
            raise
        except Exception as wrong:
            raise HTTPException(400, "There was an error parsing the body") from wrong
        return sent or Undefined

    def _answer(self, content: Any, status: int, parameter: Response | None) -> Response:
        """An answer of a chosen response class, or without a body."""
        kind = _class(self._route)
        answer = Response(content, status, media_type=kind.media_type) if self._dumps else kind(content, status)
        if not is_body_allowed_for_status_code(status):
            answer.body = b""
        if parameter is not None:
            answer.raw_headers += parameter.raw_headers
        return answer

    def _content(self, request: Request, result: Any) -> Any:
        """The handler's result, validated and encoded.

        Raises:
            ResponseValidationError: it does not fit the declared response model.
        """
        route, field = self._route, self._route.response_field
        if field is None:
            return jsonable_encoder(result)
        value, wrong = field.validate(result, {}, loc=("response",))
        if wrong:
            raise ResponseValidationError(wrong, body=result, endpoint_ctx=self._where(request))
        return (field.serialize_json if self._dumps else field.serialize)(
            value,
            include=route.response_model_include,
            exclude=route.response_model_exclude,
            by_alias=route.response_model_by_alias,
            exclude_unset=route.response_model_exclude_unset,
            exclude_defaults=route.response_model_exclude_defaults,
            exclude_none=route.response_model_exclude_none,
        )

    def _where(self, request: Request) -> EndpointContext:
        return EndpointContext(path=f"{request.method} {self._route.path_format}")


class _ResponseParameter(Response):
    """The value of a `Response` parameter: neither status nor headers are set yet."""

    def __init__(self) -> None:
        self.status_code = None  # type: ignore[assignment]  # as FastAPI's
        self.background = None
        self.body = b""
        self.raw_headers = []


@lru_cache(maxsize=256)
def _says_json(content_type: str | None, *, strict: bool) -> bool:
    """Whether FastAPI reads a body of this type as JSON."""
    if not content_type:
        return not strict
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
