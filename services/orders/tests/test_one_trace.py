"""An order from the shopper's request to the mail is one trace: in log lines, in spans, and in the mail itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest

from chassis.telemetry import sink
from chassis.testing import LiveService, eventually, live_service, running_app
from chassis.testing.collector import Collector
from chassis.testing.servers import free_port
from orders.tests.conftest import HOLDS
from orders.tests.double import Double, double_process, payments_settings
from orders.tests.shelves import Shelves
from orders.tests.shop import Shop, order_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
# A shopper's browser: it says that its trace is not sampled, and is not asked.
BROWSER = {"traceparent": f"00-{TRACE}-{'b' * 16}-00"}


class Traced(NamedTuple):
    """Services that export their payments, and errors alone of the rest."""

    collector: Collector
    catalog: LiveService
    payments: LiveService
    double: Double


@pytest.fixture(scope="module")
def traced(bench, tmp_path_factory) -> Iterator[Traced]:
    folder = tmp_path_factory.mktemp("traced")
    double_port, payments_port = free_port(), free_port()
    with ExitStack() as stack:
        collector = stack.enter_context(Collector().open())
        settings: Any = {"purpose": "traced", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "TRACE_SHARE": "0"}
        catalog = stack.enter_context(live_service("catalog", bench, MEDIA_DIR=str(folder), **settings))
        hook = f"http://127.0.0.1:{payments_port}/webhooks/stripe"
        double = stack.enter_context(double_process(folder, double_port, hook))
        settings |= payments_settings(double_port)
        payments = stack.enter_context(live_service("payments", bench, port=payments_port, **settings))
        yield Traced(collector, catalog, payments, double)


@pytest.fixture
async def shop(bench, traced, mailbox) -> AsyncIterator[Shop]:
    urls = {"catalog": [traced.catalog.url], "payments": [traced.payments.url]}
    settings = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>", "trace_share": 0}
    settings |= dict.fromkeys(HOLDS, 100_000) | {"otel_exporter_otlp_endpoint": traced.collector.url}
    async with running_app("orders", bench, urls=urls, **settings) as service:
        yield Shop(service, Shelves(traced.catalog.url, bench), traced.double, mailbox)


def _lines(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [line for line in found if line.get("trace.id") == TRACE]


def _routes(lines: list[dict[str, Any]]) -> set[str]:
    return {f"{line['http.request.method']} {line['http.route']}" for line in lines if line["message"] == "request"}


async def test_an_order_is_one_trace_from_the_request_to_the_mail(shop: Shop, traced: Traced, capfd):
    article = shop.shelves.article()
    answer = await shop.post_order(order_of((article, 1)), BROWSER)
    assert answer.status_code == 201, answer.text
    order_id = answer.json()["order"]["id"]
    assert shop.double.pay(answer.json()["payment"]["client_secret"]).status_code == 200
    mail = await shop.mail()
    assert mail["X-Trace-Id"] == TRACE
    sink.STDOUT.flush()
    ours = _lines(capfd.readouterr().out)
    assert "POST /api/v1/orders" in _routes(ours)
    shown = await shop.client.get(f"/api/v1/orders/{order_id}")
    assert shown.json()["trace_id"] != TRACE
    wanted = {"POST /webhooks/stripe", "POST /internal/payments", "POST /internal/payments/{order_id}/capture"}
    await eventually(lambda: wanted <= _routes(_lines(traced.payments.log.read_text())), what="lines of payments")
    reserved = {"POST /internal/reservations"}
    await eventually(lambda: reserved <= _routes(_lines(traced.catalog.log.read_text())), what="lines of the catalog")
    await eventually(lambda: _told(traced.payments, "payment.captured") == [order_id], what="the capture's line")
    await _spans_form_one_tree(traced)


def _told(service: LiveService, message: str) -> list[str]:
    lines = _lines(service.log.read_text())
    return [line["labels.order_id"] for line in lines if line["message"] == message]


async def _spans_form_one_tree(traced: Traced) -> None:
    wanted = {
        ("orders", "POST /api/v1/orders"),
        ("catalog", "POST /internal/reservations"),
        ("payments", "POST /webhooks/stripe"),
        ("payments", "capture"),
        ("orders", "process payment.authorised"),
        ("orders", "process payment.captured"),
        ("orders", "process orders.mail"),
        ("orders", "send mail"),
    }

    def complete() -> bool:
        spans = [span for span in traced.collector.spans if span.trace_id == TRACE]
        ids = {span.span_id for span in spans}
        roots = [span for span in spans if span.parent_id not in ids]
        assert len(ids) == len(spans)
        return [(root.name, root.parent_id) for root in roots] == [("POST /api/v1/orders", "b" * 16)] and wanted <= {
            (span.service, span.name) for span in spans
        }

    await eventually(complete, what="all spans, below that of the shopper's request")
