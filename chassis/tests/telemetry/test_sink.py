import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from chassis.telemetry import sink
from chassis.testing import eventually


def sample(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


async def test_lines_are_buffered_and_written_by_a_timer(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch):
    reader, writer = pipe
    os.set_blocking(reader, False)
    subject, now = sink.Sink(writer), time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: now)
        subject.write(b"one\n")
        subject.write(b"two\n")
    with pytest.raises(BlockingIOError):
        os.read(reader, 100)
    await eventually(lambda: not subject._lines)
    assert os.read(reader, 100) == b"one\ntwo\n"


async def test_many_lines_are_written_at_once(tmp_path: Path):
    path = tmp_path / "log"
    subject = sink.Sink(os.open(path, os.O_CREAT | os.O_WRONLY))
    for _ in range(3):
        subject.write(b"x" * 30_000 + b"\n")
    assert path.stat().st_size == 90_003
    os.close(subject.fd)


def test_a_line_from_a_thread_without_a_loop_is_written_at_once(pipe: tuple[int, int]):
    reader, writer = pipe
    subject = sink.Sink(writer)
    thread = threading.Thread(target=subject.write, args=(b"one\n",))
    thread.start()
    thread.join()
    assert os.read(reader, 100) == b"one\n"


def test_lines_of_an_ended_loop_are_written_with_the_next_line(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch):
    reader, writer = pipe
    subject = sink.Sink(writer)

    async def write() -> None:
        subject.write(b"one\n")

    asyncio.run(write())
    assert subject._lines == [b"one\n"]
    monkeypatch.setattr(time, "monotonic", lambda: subject._due)
    subject.write(b"two\n")
    assert os.read(reader, 100) == b"one\ntwo\n"


def test_a_failed_write_of_the_log_raises_no_error(tmp_path: Path):
    before = sample("log_lines_lost_total")
    full = os.open("/dev/full", os.O_WRONLY) if Path("/dev/full").exists() else os.open(tmp_path, os.O_RDONLY)
    subject = sink.Sink(full)
    subject.write(b"one\n")
    subject.flush()
    os.close(full)
    assert sample("log_lines_lost_total") == before + 1


def test_buffered_lines_are_written_at_exit():
    program = (
        "import asyncio\nfrom chassis import telemetry\n"
        "async def main():\n"
        "    telemetry.request(method='GET', route='/a', status=200, seconds=0.1, size=1)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=root)
    assert json.loads(done.stdout)["http.route"] == "/a"
