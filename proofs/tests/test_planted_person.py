"""A person's values, sent in every field and header of every route, are in no line, label, span or kept error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller

from chassis.telemetry import otlp, sink
from chassis.testing import RunningApp, eventually, running_app
from chassis.testing.collector import Collector
from chassis.testing.keys import Bench
from chassis.testing.servers import free_port
from payments.tests.conftest import settings
from proofs.tests.planted import PERSON, found_in, requests

SCOPES = "catalog:read catalog:write stock:write orders:read orders:write payments:read accounts:read accounts:write"
ERRORS = """
select concat_ws(' ', (select string_agg(error, ' ') from jobs), (select string_agg(error, ' ') from job_schedule),
    (select string_agg(error, ' ') from inbox_dead), (select string_agg(trace, ' ') from outbox),
    (select string_agg(trace, ' ') from jobs))
"""


class _Refusing:
    """A mail server that quotes the address that it refuses for now."""

    async def handle_RCPT(self, _server: Any, _session: Any, _envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        return f"451 4.2.1 <{address}>: {PERSON['name']} takes no mail now"


@pytest.fixture(scope="module")
def smtp_url() -> Iterator[str]:
    port = free_port()
    controller = Controller(_Refusing(), hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


@asynccontextmanager
async def _running(package: str, bench: Bench, folder: Path, smtp_url: str, otlp_url: str) -> AsyncIterator[RunningApp]:
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    nowhere = f"http://127.0.0.1:{free_port()}"
    own: dict[str, dict[str, Any]] = {
        "identity": {"key_encryption_key_file": key, "smtp_url": smtp_url},
        "catalog": {"media_dir": folder / "media"},
        "orders": {"smtp_url": smtp_url},
        "payments": settings(nowhere),
        "shop": {},
    }
    urls = {name: [nowhere] for name in ("catalog", "payments", "orders", "shop") if name != package}
    spans = {"otel_exporter_otlp_endpoint": otlp_url, "trace_share": 1}
    async with running_app(package, bench, urls=urls, **spans, **own[package]) as service:
        yield service


@pytest.mark.parametrize("kind", PERSON)
def test_each_value_of_the_person_would_be_found(kind: str):
    assert found_in("line", f'{{"message":"seen {PERSON[kind].upper()}"}}')


@pytest.mark.parametrize("package", ["identity", "catalog", "orders", "payments", "shop"])
async def test_a_planted_person_is_in_no_line_label_span_or_kept_error(
    package, bench, smtp_url, tmp_path, capfd, monkeypatch
):
    # However slow the machine is.
    monkeypatch.setattr(otlp, "SEND_SECONDS", 60.0)
    monkeypatch.setattr(otlp, "END_SECONDS", 60.0)
    with Collector().open() as collector:
        async with _running(package, bench, tmp_path, smtp_url, collector.url) as service:
            sent = await _sent(service)
            if package == "identity":
                await eventually(lambda: _errors(service), what="the error of a mail that was refused")
            errors = await _errors(service)
            owner = await asyncpg.connect(service.db_owner_url)
            await owner.execute("alter schema public rename to away")
            try:
                sent += await _sent(service)
            finally:
                await owner.execute("alter schema away rename to public")
                await owner.close()
            labels = (await service.client.get("/metrics")).text
        spans = b"".join(collector.requests).decode("latin-1")
    sink.STDOUT.flush()
    lines = capfd.readouterr().out
    # Reads of the feed that succeed are not logged.
    assert lines.count('"message":"request"') > 0.9 * len(sent)
    assert {401, 500} <= set(sent)
    assert "GET /api/v1" in spans
    wrong = [found_in("line", lines), found_in("label", labels), found_in("span", spans), found_in("error", errors)]
    assert wrong == [[], [], [], []]


async def _sent(service: RunningApp) -> list[int]:
    """Every request as a stranger with a token that is none, as a customer, as staff, and at /internal as a service."""
    statuses = []
    document = service.app.openapi()
    shown = [{}, service.token(), service.token(scopes=tuple(SCOPES.split()))]
    for number, token in enumerate(shown):
        for method, address, rest in requests(document, number):
            headers = {**rest.pop("headers"), **token}
            answer = await service.client.request(method, address, headers=headers, **rest)
            statuses.append(answer.status_code)
    for route in service.app.router.routes:
        path = getattr(route, "path", "")
        for method in getattr(route, "methods", None) or () if path.startswith("/internal") else ():
            address = path.replace("{", f"{PERSON['text']}").replace("}", "")
            with suppress(TimeoutError):
                answer = await service.client.request(
                    method,
                    address,
                    headers=service.caller("orders"),
                    json={"email": PERSON["email"], "lines": [PERSON]},
                )
                statuses.append(answer.status_code)
    return statuses


async def _errors(service: RunningApp) -> str:
    async with service.ctx.db.read() as tx:
        return str(await tx.value(ERRORS) or "")
