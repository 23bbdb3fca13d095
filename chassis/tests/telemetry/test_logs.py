import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY

from chassis import telemetry
from chassis.telemetry import fields, logs
from chassis.testing import eventually
from chassis.tests.telemetry.conftest import Lines

ACCOUNT = UUID("01890000-0000-7000-8000-000000000001")


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as `configure` leaves it; as it was afterwards."""
    logger = logging.getLogger()
    before = list(logger.handlers)
    stray = logging.StreamHandler()
    logger.addHandler(stray)
    telemetry.configure("catalog", "debug")
    telemetry.configure("catalog", "debug")
    assert stray not in logger.handlers
    yield logger
    logger.handlers[:] = before
    logs._set_level("info")


def sample(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


def test_a_line_has_ecs_names_and_the_trace(written: Lines):
    trace = telemetry.begin(None, "request-1")
    telemetry.logger("orders.place").info("order.placed", order_id=ACCOUNT, account_id=ACCOUNT, amount=250, held=2)
    (line,) = written()
    assert datetime.fromisoformat(line.pop("@timestamp")).tzinfo == UTC
    assert line == {
        "log.level": "info",
        "message": "order.placed",
        "service.name": "catalog",
        "log.logger": "orders.place",
        "http.request.id": "request-1",
        "trace.id": trace.trace_id,
        "labels.order_id": str(ACCOUNT),
        "user.id": str(ACCOUNT),
        "labels.amount": 250,
        "labels.held": 2,
    }


def test_a_field_that_is_not_on_the_list_is_dropped_and_counted(written: Lines):
    before = sample("log_fields_dropped_total")
    telemetry.logger("x").info("account.registered", email="ada@example.com", password="canary", order_id=1)
    assert "canary" not in json.dumps(written())
    assert "ada@" not in json.dumps(written())
    assert sample("log_fields_dropped_total") == before + 2


def test_a_service_may_add_fields_by_proper_names(written: Lines):
    telemetry.allow("warehouse")
    telemetry.allow("warehouse", "order_id")
    telemetry.logger("x").info("stock.moved", warehouse="north", order_id=3)
    (line,) = written()
    assert (line["labels.warehouse"], line["labels.order_id"]) == ("north", 3)
    with pytest.raises(ValueError, match="cannot be a field"):
        telemetry.allow("Bad Name")


def test_debug_is_silent_at_info_and_the_level_can_be_set(written: Lines, root: logging.Logger):
    telemetry.logger("x").debug("seen")
    telemetry.configure("catalog", "error")
    telemetry.logger("y").warning("unseen")
    assert [line["message"] for line in written()] == ["seen"]


def test_values_stay_in_one_line_and_are_cut(written: Lines):
    telemetry.logger("x").info(
        "odd",
        reason='a\r\nb {"log.level":"error"}',
        outcome="x " * 1000,
        state=object(),
        step={"a": 1},
        cursor=[1, "a", {"b": 2}] * 20,
        oldest=datetime(2026, 1, 2, tzinfo=UTC),
        host=None,
    )
    (line,) = written()
    assert line["labels.reason"] == "a\r\nb {…:…}"
    assert len(line["labels.outcome"]) == fields.MAX_TEXT
    assert (line["labels.state"], line["labels.step"]) == ("object", "dict")
    assert line["labels.cursor"][:3] == [1, "a", "dict"]
    assert len(line["labels.cursor"]) == 20
    assert line["labels.oldest"] == "2026-01-02T00:00:00Z"
    assert line["labels.host"] is None


def test_an_id_that_the_database_gave_is_written(written: Lines):
    telemetry.logger("x").info("odd", order_id=asyncpg.pgproto.pgproto.UUID(str(ACCOUNT)))
    assert written()[0]["labels.order_id"] == str(ACCOUNT)


def test_values_that_json_does_not_support_are_written_as_text(written: Lines):
    telemetry.logger("x").info("odd", reason="\ud800", state=[2**70], oldest=datetime(2026, 1, 2, tzinfo=UTC), count=3)
    (line,) = written()
    assert (line["labels.reason"], line["labels.state"]) == ("\\ud800", f"[{2**70}]")
    assert (line["labels.oldest"], line["labels.count"]) == ("2026-01-02T00:00:00Z", 3)


def test_an_exception_is_logged_with_type_place_and_cause_but_no_values(written: Lines):
    def broken(secret: str) -> None:
        try:
            int(secret)
        except ValueError as wrong:
            raise asyncpg.UniqueViolationError('duplicate key "canary"') from wrong

    log = telemetry.logger("x")
    try:
        broken("canary")
    except asyncpg.UniqueViolationError as raised:
        error = raised
        log.exception("failed")
    log.warning("failed", error=error)
    log.warning("failed", exc_info=error)
    log.warning("failed", exc_info=True)  # noqa: LOG014 -- there is none: nothing to tell
    log.warning("failed", error=ConnectionError("refused"))
    full, again, by_info, none, network = written()
    assert "canary" not in json.dumps([full, again, by_info])
    assert full["log.level"] == "error"
    assert full["error.type"] == "UniqueViolationError"
    assert full["error.code"] == "23505"
    assert full["error.message"] == "duplicate key …"
    assert full["error.stack_trace"].count(" broken") == 2
    assert "caused by ValueError" in full["error.stack_trace"]
    assert again["error.stack_trace"] == by_info["error.stack_trace"] == full["error.stack_trace"]
    assert "error.type" not in none
    assert network["error.type"] == "ConnectionError"
    assert "error.stack_trace" not in network


def test_a_long_chain_of_causes_is_cut(written: Lines):
    def chain(depth: int) -> None:
        try:
            if depth:
                chain(depth - 1)
            int("x")
        except (ValueError, RuntimeError) as inner:
            raise RuntimeError from inner

    try:
        chain(5)
    except RuntimeError as error:
        telemetry.logger("x").exception("failed", error=error)
    (line,) = written()
    assert line["error.stack_trace"].count("caused by") == fields.MAX_CAUSES - 1


def test_libraries_log_warnings_in_our_format(written: Lines, root: logging.Logger):
    library = logging.getLogger("some.library")
    library.info("quiet")
    library.warning("bad value %r", "canary")
    try:
        int("canary")
    except ValueError:
        library.exception("broke")
    lines = [line for line in written() if line.get("log.logger") == "some.library"]
    assert [(line["log.level"], line["message"]) for line in lines] == [("warning", "bad value …"), ("error", "broke")]
    assert lines[1]["error.type"] == "ValueError"
    assert "error.stack_trace" in lines[1]


def test_a_line_of_a_library_that_cannot_be_rendered_is_counted(written: Lines, root: logging.Logger):
    before = sample("log_lines_failed_total")
    for handler in root.handlers:
        if isinstance(handler, logs._Bridge):
            handler.handle(logging.LogRecord("lib", logging.ERROR, "f", 1, "%d of %d", ("x",), None))
    assert sample("log_lines_failed_total") == before + 1
    assert written() == []


# --- The request's line --------------------------------------------------------------------------------------------


async def test_a_request_writes_one_line_and_is_counted(written: Lines):
    trace = telemetry.begin(None, None)
    route, bucket = "/api/v1/products/{slug}", "http_server_request_duration_seconds_bucket"
    labels = {"http_route": route, "http_request_method": "GET", "http_response_status_code": "200"}

    def counted(upper: str) -> float:
        return REGISTRY.get_sample_value(bucket, {**labels, "le": upper}) or 0

    before = {upper: counted(upper) for upper in ("0.01", "0.025")}
    telemetry.request(
        method="GET",
        route=route,
        status=200,
        seconds=0.012,
        size=321,
        client="203.0.113.77",
        account=ACCOUNT,
    )
    await eventually(written)
    (line,) = written()
    assert datetime.fromisoformat(line.pop("@timestamp")).tzinfo == UTC
    assert line == {
        "log.level": "info",
        "message": "request",
        "service.name": "catalog",
        "http.request.method": "GET",
        "http.route": "/api/v1/products/{slug}",
        "http.response.status_code": 200,
        "event.duration": 12_000_000,
        "http.response.body.bytes": 321,
        "http.request.id": trace.request_id,
        "trace.id": trace.trace_id,
        "client.ip": "203.0.113.0",
        "user.id": str(ACCOUNT),
    }
    # 12 ms: in the bucket of 25 ms, and in none below. Other tests of this process count in the same registry.
    assert counted("0.01") == before["0.01"]
    assert counted("0.025") == before["0.025"] + 1


def test_polls_of_consumers_are_logged_only_when_they_are_refused(written: Lines):
    for status in (200, 403):
        telemetry.request(method="GET", route="/internal/feed", status=status, seconds=5, size=0)
    assert [line["http.response.status_code"] for line in written()] == [403]


def test_a_failed_request_is_an_error_and_an_unknown_method_is_no_label(written: Lines):
    telemetry.request(method="BREW\r\n", route="unmatched", status=503, seconds=2, size=0)
    (line,) = written()
    assert (line["log.level"], line["http.request.method"]) == ("error", "OTHER")
    assert "client.ip" not in line
    assert "user.id" not in line
