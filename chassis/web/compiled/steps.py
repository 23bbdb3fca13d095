"""The dependencies of a route as a list of steps, made once, and run for each request in FastAPI's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant, _is_async_gen_callable, _is_coroutine_callable
from fastapi.dependencies.utils import _solve_generator, request_body_to_args, request_params_to_args
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

STACK = "fastapi_inner_astack"
_FAILED: Any = object()


class Step(NamedTuple):
    """One call: of a dependency, or in the last step of the handler.

    `needs`: for each dependency its argument's name (None if it has none) and its step; `parameters`: an attribute of
    the request and the fields to read from it; `request`, `response`: the names of the arguments of these types;
    `same`: an earlier step whose result is used in place of a call; `yields`: the dependency, if it is a generator.
    """

    call: Callable[..., Any]
    needs: tuple[tuple[str | None, int], ...]
    parameters: tuple[tuple[str, Sequence[ModelField]], ...]
    body: list[ModelField]
    request: tuple[str, ...]
    response: str | None
    same: int | None
    yields: Dependant | None


class Run(NamedTuple):
    """The input of the steps for one request, and the validation errors of its parameters."""

    request: Request
    response: Response | None
    body: Any
    errors: list[Any]


class Steps:
    """The steps of a route, in the order in which FastAPI calls them."""

    def __init__(self, route: APIRoute) -> None:
        self._embed = route._embed_body_fields  # noqa: SLF001 -- FastAPI decides it by rules of its own
        self._all: list[Step] = []
        self._first: dict[Any, int] = {}
        self._add(route.dependant)
        self.yields = any(step.yields for step in self._all)
        self.takes_response = any(step.response for step in self._all)

    def _add(self, dependant: Dependant) -> int:
        """Append its dependencies and then itself; returns its index."""
        names = (dependant.http_connection_param_name, dependant.request_param_name)
        step = Step(
            call=dependant.call,  # type: ignore[arg-type]  # a route's dependants all have one
            needs=tuple((dependency.name, self._place(dependency)) for dependency in dependant.dependencies),
            parameters=tuple((source, fields) for source, fields in _parameters(dependant).items() if fields),
            body=dependant.body_params,
            request=tuple(name for name in names if name),
            response=dependant.response_param_name,
            same=self._first.get(_key(dependant)) if dependant.use_cache else None,
            yields=dependant if _yields(dependant) else None,
        )
        self._all.append(step)
        place = len(self._all) - 1
        self._first.setdefault(_key(dependant), place)
        return place

    def _place(self, dependant: Dependant) -> int:
        """The index of an earlier step with the same result, or of a new one. A step that reads parameters is repeated:
        FastAPI reports their errors as often as they are read.
        """
        before = self._first.get(_key(dependant))
        if before is not None and all(each.use_cache and not _reads(each) for each in tree(dependant)):
            return before
        return self._add(dependant)

    async def run(self, run: Run) -> Any:
        """The handler's result. Where a parameter is invalid, `run.errors` says so, and the handler is not called."""
        results: list[Any] = []
        for step in self._all:
            values: dict[str, Any] = dict.fromkeys(step.request, run.request)
            if step.response:
                values[step.response] = run.response
            if (step.needs or step.parameters or step.body) and not await self._take(step, run, results, values):
                results.append(_FAILED)
            elif step.same is not None:
                results.append(results[step.same])
            elif step.yields is None:
                results.append(await step.call(**values))
            else:
                stack = run.request.scope[STACK]
                entered = _solve_generator(dependant=step.yields, stack=stack, sub_values=values, request=run.request)
                results.append(await entered)
        return results[-1]

    async def _take(self, step: Step, run: Run, results: list[Any], values: dict[str, Any]) -> bool:
        """Put the step's arguments into `values`. Returns whether all of them are valid."""
        good = True
        for name, place in step.needs:
            if results[place] is _FAILED:
                good = False
            elif name is not None:
                values[name] = results[place]
        for source, fields in step.parameters:
            found, wrong = request_params_to_args(fields, getattr(run.request, source))
            values.update(found)
            if wrong:
                run.errors.extend(wrong)
                good = False
        if step.body:
            found, wrong = await request_body_to_args(step.body, run.body, self._embed)
            values.update(found)
            if wrong:
                run.errors.extend(wrong)
                good = False
        return good


def plain(dependant: Dependant) -> bool:
    """Whether a step can run it: an async function, or an async generator as a dependency, without scopes, concurrency
    limits, and special parameters other than a request and a response.
    """
    function = _is_coroutine_callable(dependant.call) or (_yields(dependant) and dependant.scope != "function")
    return function and not (
        dependant.websocket_param_name
        or dependant.background_tasks_param_name
        or dependant.security_scopes_param_name
        or dependant.own_oauth_scopes
        or dependant.parent_oauth_scopes
        or dependant.concurrency
    )


def tree(dependant: Dependant) -> Iterator[Dependant]:
    """The dependant and all its dependencies, at every depth."""
    yield dependant
    for dependency in dependant.dependencies:
        yield from tree(dependency)


def _yields(dependant: Dependant) -> bool:
    return _is_async_gen_callable(dependant.call)


def _key(dependant: Dependant) -> tuple[Any, str | None]:
    """FastAPI calls dependencies of one key once in a request."""
    return dependant.call, dependant.scope


def _parameters(dependant: Dependant) -> dict[str, Sequence[ModelField]]:
    """By the attribute of the request that holds them, in the order in which FastAPI reads them."""
    return {
        "path_params": dependant.path_params,
        "query_params": dependant.query_params,
        "headers": dependant.header_params,
        "cookies": dependant.cookie_params,
    }


def _reads(dependant: Dependant) -> bool:
    return any(_parameters(dependant).values()) or bool(dependant.body_params)
