"""What the chassis adds to a service's OpenAPI document: the problems that it may answer itself, by one schema."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from chassis import idempotency
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

_METHODS = {"get", "put", "post", "delete", "patch"}
_WITH_BODY = {"put", "post", "patch"}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once: FastAPI's own, with our problems in the place of its errors."""
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


def _require_idempotency_key(operation: dict[str, Any]) -> None:
    """The server answers its absence by itself, with more than the framework's words, so the framework is told that it
    may be absent; for a caller it is required.
    """
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == idempotency.HEADER:
            schema = parameter["schema"]
            present = next(choice for choice in schema.pop("anyOf") if choice != {"type": "null"})
            parameter.update({"required": True, "schema": {**present, **schema}})


def _is_frameworks(answer: dict[str, Any] | None) -> bool:
    return answer is not None and answer.get("description") == "Validation Error"


def _possible(path: str, method: str, operation: dict[str, Any], *, validated: bool) -> list[type[Problem]]:
    """What the chassis may answer by itself to such an operation."""
    # A query that the route does not take is refused everywhere (chassis.queries).
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
