"""Errors as RFC 9457 problem details: what happened, which field, what to do next.

Raise a Problem anywhere below a handler. `type` is a stable slug that clients may switch on; `detail` is for people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: its path ("lines.0.quantity", "query.limit"), what is wrong, and a slug for programs, in which
    a library's underscores are shown as hyphens.
    """

    field: str
    message: str
    code: str = "invalid"


class Problem(Exception):
    """A refusal with a status. Subclasses fix `status`, `type` and `title`.

    `final` says that the refusal is the lasting answer to an idempotent request: a retry gets it again.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"
    final: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = extensions

    def body(self, request_id: str, trace_id: str) -> bytes:
        """The problem+json document."""
        document: dict[str, Any] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [msgspec.structs.replace(error, code=_slug(error.code)) for error in self.errors]
        return msgspec.json.encode({**document, **self.extensions, "request_id": request_id, "trace_id": trace_id})


def _slug(code: str) -> str:
    return code.replace("_", "-").replace(".", "-")


class Malformed(Problem):
    """400: the request is not HTTP, JSON or a form that can be read.

    What to do: Correct the form of the request.
    """

    status, type, title = 400, "malformed-request", "The request could not be read"


class MissingIdempotencyKey(Problem):
    """400: a POST that needs an Idempotency-Key came without one.

    What to do: Send a new UUID as key, and keep it until there is an answer.
    """

    status, type, title = 400, "missing-idempotency-key", "An Idempotency-Key header is needed"


class Unauthenticated(Problem):
    """401: no token, or an invalid one.

    What to do: Sign in, or refresh the access token, then send it again.
    """

    status, type, title = 401, "unauthenticated", "Sign in first"


class Forbidden(Problem):
    """403: signed in, but without the right to do this.

    What to do: Ask somebody who has the right, or have it given to you; the detail names it.
    """

    status, type, title = 403, "forbidden", "You may not do this"


class NotFound(Problem):
    """404: there is no such thing, or not for this caller.

    What to do: Do not send it again; look at the id, and at whose token was sent.
    """

    status, type, title = 404, "not-found", "There is nothing here"


class MethodNotAllowed(Problem):
    """405: the address exists for other methods.

    What to do: Use a method that the header `Allow` lists.
    """

    status, type, title = 405, "method-not-allowed", "This address does not take that method"


class Conflict(Problem):
    """409: the request is valid, and the present state forbids it.

    What to do: Read the state again and decide anew; the same request is refused again.
    """

    status, type, title = 409, "conflict", "The present state does not allow this"


class IdempotencyKeyRunning(Problem):
    """409: another request with the same Idempotency-Key is under way.

    What to do: Wait for `Retry-After` seconds, then send the same request with the same key.
    """

    status, type, title = 409, "idempotency-key-running", "A request with this key is still running"


class TooLarge(Problem):
    """413: the body is larger than the route allows.

    What to do: Send less; the detail has the limit.
    """

    status, type, title = 413, "content-too-large", "The request's body is too large"


class UnsupportedMedia(Problem):
    """415: the body's content type is not taken here.

    What to do: Send the content type that the operation takes, most often `application/json`.
    """

    status, type, title = 415, "unsupported-media-type", "This content type is not understood here"


class Invalid(Problem):
    """422: values that break the schema or a rule; `errors` names each field.

    What to do: Correct the fields that `errors` names; the same request is refused again.
    """

    status, type, title = 422, "validation-error", "Some of the values are not valid"


class IdempotencyKeyReused(Problem):
    """422: the Idempotency-Key was used for a request with another content.

    What to do: Use a new key for a new request.
    """

    status, type, title = 422, "idempotency-key-reused", "This key belongs to another request"


class RateLimited(Problem):
    """429: too many requests; Retry-After says when to try again.

    What to do: Wait for `Retry-After` seconds, then send it again.
    """

    status, type, title = 429, "rate-limited", "Too many requests"


class Internal(Problem):
    """500: the answer to an unexpected exception; never raised on purpose.

    What to do: Send the same request again after a pause; if it fails again, report it with its `request_id`.
    """


class Unavailable(Problem):
    """503: a dependency does not answer. Whether it did what it was asked to do is unknown.

    What to do: Send the same request, with the same Idempotency-Key, after `Retry-After` seconds.
    """

    status, type, title = 503, "dependency-unavailable", "Something we depend on does not answer"

    def __init__(self, detail: str = "", **more: Any) -> None:
        super().__init__(detail or "Try again in a few seconds.", **more)
        self.headers.setdefault("Retry-After", "5")


class FieldErrorDocument(BaseModel):
    """One value that is wrong: its field, a message and a code."""

    field: str = Field(
        description="Its path: of the body, or after `query.`, `path.` or `header.`", examples=["lines.0.quantity"]
    )
    message: str = Field(
        description="For people: what is wrong", examples=["Input should be greater than or equal to 1"]
    )
    code: str = Field(description="For programs: a slug of what is wrong", examples=["greater-than-equal"])


class ProblemDocument(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(description="Stable slug of the kind of problem", examples=["validation-error"])
    title: str = Field(description="The kind in words, always the same", examples=["Some of the values are not valid"])
    status: int = Field(description="The answer's status", examples=[422])
    detail: str | None = Field(default=None, description="What happened this time, and what to do next")
    errors: list[FieldErrorDocument] | None = Field(default=None, description="Each wrong field, 20 at most")
    request_id: str = Field(description="Quote it when you ask for help", examples=["0199a5d01f2a7c118a4e5b1f0f0a9c02"])
    trace_id: str = Field(
        default="",
        description="Names all that the store did for this request, in its logs; absent where the edge answers",
        examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
    )


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for these problems; several of one status stand together."""
    by_status: dict[int | str, list[type[Problem]]] = defaultdict(list)
    for problem in problems:
        by_status[problem.status].append(problem)
    return {
        status: {
            "model": ProblemDocument,
            "description": "; ".join(f"`{problem.type}`: {problem.title}" for problem in kinds),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, kinds in sorted(by_status.items(), key=lambda item: str(item[0]))
    }
