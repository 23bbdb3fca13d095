"""Lines as the services really write them: after the first line of redaction the second loses nothing, and all fits.

Those of a running store are compared with the same list in mercat/tests/test_stack_changes.py, and Traefik's in
deploy/edge/tests.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis import telemetry
from chassis.telemetry import fields, logs, sink
from deploy.observability.logs.tests.running import container, misfits, redacted

ACCOUNT = UUID("01890000-0000-7000-8000-000000000001")
LIBRARIES = "aiosmtpd asyncio asyncpg concurrent.futures granian httpx stripe uvicorn.error valkey".split()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that lines of this process go to; logging is put back afterwards."""
    sink.STDOUT.flush()
    path = tmp_path / "log"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    monkeypatch.setattr(sink.STDOUT, "fd", fd)
    root = logging.getLogger()
    before = list(root.handlers)
    telemetry.configure("orders", "debug")
    yield path
    sink.STDOUT.flush()
    root.handlers[:] = before
    logs._set_level("info")
    logs._Service.name = ""
    os.close(fd)


def _values(kind: str) -> list[Any]:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    typed: dict[str, list[Any]] = {
        "boolean": [True],
        "date": [moment],
        "double": [0.25, 7],
        "ip": ["203.0.113.77"],
        "long": [0, 2**53],
    }
    return typed.get(kind, [ACCOUNT, "word", 12, moment, None, [1, "a"], "\ud800"])


def test_every_line_that_the_services_can_write_fits_the_mapping_and_loses_nothing(
    written: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in LIBRARIES:
        # Servers that other tests ran in this process have set up loggers of their own.
        for each in (logging.getLogger(name), logging.getLogger(name.partition(".")[0])):
            monkeypatch.setattr(each, "propagate", True)
            monkeypatch.setattr(each, "disabled", False)
            monkeypatch.setattr(each, "level", logging.NOTSET)
    telemetry.begin(None, "request-1")
    log = telemetry.logger("orders.place")
    names = {ecs: name for name, ecs in fields._NAMES.items()}
    for ecs, kind in fields.types().items():
        for value in _values(kind) if ecs in names else []:
            log.info("order.placed", **{names[ecs]: value})
    logs.request(
        method="GET",
        route="/api/v1/orders/{order_id}",
        status=200,
        seconds=0.1,
        size=9,
        client="203.0.113.77",
        account=ACCOUNT,
    )
    for name in LIBRARIES:
        try:
            int("Lovelace")
        except ValueError:
            logging.getLogger(name).exception("of %r at %s", "Lovelace", "ada@example.com")
    sink.STDOUT.flush()
    lines = written.read_text(encoding="utf-8").splitlines()
    found = redacted(container(line) for line in lines)
    assert len(lines) > 100
    assert [misfit for each in found for misfit in misfits(each)] == []
    assert {each["log"]["logger"] for each in found if "logger" in each["log"]} >= set(LIBRARIES)
    # Nothing that the first line lets through is dropped by the second, but for a number as long as a card's.
    dropped = [json.loads(line) for line, each in zip(lines, found, strict=True) if "dropped" in each.get("labels", {})]
    assert {value for line in dropped for name, value in line.items() if name.startswith("labels.")} == {2**53}
    assert "ovelace" not in json.dumps(found)
