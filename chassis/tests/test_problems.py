from __future__ import annotations

import socket

import asyncpg
import msgspec
import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from chassis import problems
from chassis.web.errors import as_problem


class OutOfStock(problems.Problem):
    status, type, title = 409, "out-of-stock", "Not enough stock"


def test_the_document_is_rfc_9457_with_our_extensions():
    error = OutOfStock("Only 2 are left.", errors=[problems.FieldError("lines.0", "too many")], lines=[{"sku": "A"}])
    assert msgspec.json.decode(error.body("r-1", "4bf9")) == {
        "type": "out-of-stock",
        "title": "Not enough stock",
        "status": 409,
        "detail": "Only 2 are left.",
        "errors": [{"field": "lines.0", "message": "too many", "code": "invalid"}],
        "lines": [{"sku": "A"}],
        "request_id": "r-1",
        "trace_id": "4bf9",
    }


def test_a_problem_without_detail_says_its_title():
    assert str(OutOfStock()) == "Not enough stock"
    assert "detail" not in msgspec.json.decode(OutOfStock().body("r", "4bf9"))


def test_several_of_one_status_are_documented_together():
    documented = problems.responses(OutOfStock, problems.Conflict, problems.NotFound)
    assert list(documented) == [404, 409]
    assert "`out-of-stock`" in documented[409]["description"]
    assert "`conflict`" in documented[409]["description"]


def error(kind: str, *location: object, message: str = "wrong") -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": location, "msg": message, "input": "secret"}])


@pytest.mark.parametrize(
    ("cause", "status", "type_"),
    [
        (OutOfStock(), 409, "out-of-stock"),
        (HTTPException(404), 404, "not-found"),
        (HTTPException(405, headers={"Allow": "GET"}), 405, "method-not-allowed"),
        (HTTPException(413), 413, "content-too-large"),
        (HTTPException(418), 400, "malformed-request"),
        (HTTPException(502), 500, "internal-error"),
        (error("json_invalid", "body", 3), 400, "malformed-request"),
        (error("missing", "body"), 422, "validation-error"),
        (asyncpg.CharacterNotInRepertoireError("x"), 422, "validation-error"),
        (asyncpg.CannotConnectNowError("x"), 503, "dependency-unavailable"),
        (TimeoutError(), 503, "dependency-unavailable"),
        (ConnectionRefusedError(), 503, "dependency-unavailable"),
        (socket.gaierror(), 503, "dependency-unavailable"),
        (ZeroDivisionError(), 500, "internal-error"),
    ],
)
def test_each_error_has_its_problem(cause, status, type_):
    problem = as_problem(cause)
    assert (problem.status, problem.type) == (status, type_)


def test_headers_of_the_framework_are_kept():
    assert as_problem(HTTPException(405, headers={"Allow": "GET"})).headers == {"Allow": "GET"}


def test_unavailable_has_a_retry_after():
    assert problems.Unavailable().headers == {"Retry-After": "5"}


def test_fields_are_named_and_values_never_echoed():
    problem = as_problem(error("extra_forbidden", "body", "lines", 0, "price"))
    assert problem.errors == (problems.FieldError("lines.0.price", "This field is not known here", "extra_forbidden"),)
    assert b"secret" not in problem.body("r", "4bf9")


def test_a_hostile_field_name_is_cut_and_encodable():
    problem = as_problem(error("extra_forbidden", "body", "\ud800" + "x" * 500))
    assert len(problem.errors[0].field) <= 100
    problem.body("r", "4bf9")
    assert as_problem(error("custom", "query", "limit", message="\ud800")).body("r", "4bf9")
