"""A service's OpenAPI document: FastAPI's, with the chassis' problems and with descriptions of names that have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from chassis import auth
from chassis.limits import counted
from chassis.problems import (
    MEDIA_TYPE,
    Forbidden,
    Internal,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    ProblemDocument,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    responses,
)
from chassis.web import idempotency_key
from chassis.web.compiled import steps


class Glossary(msgspec.Struct, frozen=True):
    """Descriptions of names that have none of their own, so that one name means the same in the whole document.

    `terms` are by a field's or parameter's name, or "Schema.field"; `examples` of the same; `bodies` are whole examples
    by schema.
    """

    terms: Mapping[str, str] = {}
    examples: Mapping[str, Any] = {}
    bodies: Mapping[str, Any] = {}


COMMON = Glossary(
    terms={
        "amount": "In minor units, such as cents",
        "created_at": "When it was made, in UTC",
        "currency": "ISO 4217",
        "cursor": "`next_cursor` of the page before",
        "expires_at": "When it ends by itself, in UTC",
        "id": "Its own id, a UUID",
        "items": "Those of this page, in the order of the list",
        "updated_at": "When it was changed last, in UTC",
    },
)

LIMITS = "x-limits"
"""In an operation: the names of the limits that it counts against. A route whose code counts names them itself."""
_METHODS = {"get", "put", "post", "delete", "patch"}
_WITH_BODY = {"put", "post", "patch"}


def document(app: FastAPI, glossary: Glossary = COMMON) -> dict[str, Any]:
    """The OpenAPI document, made once: FastAPI's own, with our problems in place of its errors; `glossary` gives the
    descriptions that are missing.
    """
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError", "ProblemDocument"):
            components.pop(name, None)
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        components.update(problem.pop("$defs", {}))
        components["Problem"] = problem
        for path, operations in schema.get("paths", {}).items():
            for method, operation in operations.items():
                if method in _METHODS:
                    _add_problems(path, method, operation)
                    _require_idempotency_key(operation)
        for route in app.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    _add_access(schema["paths"].get(route.path_format, {}).get(method.lower()), route)
        _explain(schema, glossary)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    validated = answers.pop("422", None) if _is_frameworks(answers.get("422")) else None
    for status, answer in responses(*_possible(path, method, operation, validated=validated is not None)).items():
        answer.pop("model")
        known = answers.setdefault(str(status), answer)
        if known is not answer and answer["description"] not in known["description"]:
            known["description"] = f"{known['description']}; {answer['description']}"


def _add_access(operation: dict[str, Any] | None, route: APIRoute) -> None:
    """Who may call it, and what it counts against: OpenAPI 3.1 lets `security` name the rights that are needed."""
    if operation is None:
        return
    calls = [each.call for each in steps.tree(route.dependant)]
    if "security" in operation:
        needed = auth.needed(calls)
        operation["security"] = [{}, {"access_token": []}] if needed is None else [{"access_token": sorted(needed)}]
    if any(isinstance(call, auth.Recent) for call in calls):
        operation["responses"]["401"]["description"] += f"; `{auth.StepUpRequired.type}`: {auth.StepUpRequired.title}"
    names = [*dict.fromkeys(name for call in calls for name in counted(call)), *operation.pop(LIMITS, ())]
    if names:
        operation[LIMITS] = names


def _explain(schema: dict[str, Any], glossary: Glossary) -> None:
    terms = {**COMMON.terms, **glossary.terms}
    for owner, name, node in _named(schema):
        for key in (f"{owner}.{name}", name):
            if key in terms:
                node.setdefault("description", terms[key])
            if key in glossary.examples and not _has_example(node):
                node["example" if "in" in node else "examples"] = (
                    glossary.examples[key] if "in" in node else [glossary.examples[key]]
                )
    for name, body in glossary.bodies.items():
        if name in schema["components"]["schemas"]:
            schema["components"]["schemas"][name]["examples"] = [body]


def _named(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What holds each name: the schema or the operation's id; the name; and its node."""
    for owner, component in schema["components"]["schemas"].items():
        for name, node in component.get("properties", {}).items():
            yield owner, name, node
    for operations in schema.get("paths", {}).values():
        for operation in operations.values():
            for node in operation.get("parameters", ()):
                yield operation["operationId"], node["name"], node


def _has_example(node: dict[str, Any]) -> bool:
    return any(key in holder for holder in (node, node.get("schema", {})) for key in ("example", "examples"))


def _require_idempotency_key(operation: dict[str, Any]) -> None:
    """Declare the header as required. To FastAPI it is optional, so that we answer with our own problem without it."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == idempotency_key.HEADER:
            schema = parameter["schema"]
            present = next(choice for choice in schema.pop("anyOf") if choice != {"type": "null"})
            parameter.update({"required": True, "schema": {**present, **schema}})


def _is_frameworks(answer: dict[str, Any] | None) -> bool:
    return answer is not None and answer.get("description") == "Validation Error"


def _possible(path: str, method: str, operation: dict[str, Any], *, validated: bool) -> list[type[Problem]]:
    """What the chassis may answer by itself to such an operation."""
    # A query that the route does not take is refused everywhere (chassis.web.queries).
    found: list[type[Problem]] = [Internal, Unavailable, RateLimited, Invalid]
    if operation.get("security"):
        found += [Unauthenticated, Forbidden]
    if "{" in path:
        found.append(NotFound)
    if method in _WITH_BODY:
        found += [Malformed, TooLarge, UnsupportedMedia]
    if validated or operation.get("parameters") or operation.get("requestBody"):
        found.append(Malformed)
    return list(dict.fromkeys(found))
