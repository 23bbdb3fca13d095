"""A database of its own for the command that loads products, and the command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog import load
from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench


@pytest.fixture
def url(bench: Bench) -> str:
    return asyncio.run(empty_database(bench.postgres, "catalog", "load"))


@pytest.fixture
def run(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[dict[str, Any]]]:
    """The command with these arguments; the events that it prints."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("MEDIA_DIR", str(tmp_path / "media"))
    monkeypatch.delenv("CURRENCY", raising=False)

    def call(*arguments: str | Path) -> list[dict[str, Any]]:
        load.main([str(argument) for argument in arguments])
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call
