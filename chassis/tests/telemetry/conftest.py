import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.telemetry import fields, logs, sink

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What reached the descriptor, line by line; the process's own is put back afterwards, and its list of fields."""
    sink.STDOUT.flush()
    path = tmp_path / "log"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    monkeypatch.setattr(sink.STDOUT, "fd", fd)
    monkeypatch.setattr(logs._Service, "name", "catalog")
    for listed in ("_NAMES", "_TYPES"):
        monkeypatch.setattr(fields, listed, getattr(fields, listed).copy())
    yield lambda: [json.loads(line) for line in path.read_bytes().splitlines()]
    sink.STDOUT.flush()
    os.close(fd)
