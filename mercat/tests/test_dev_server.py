"""The development server, with a service of its own that is edited while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest

from chassis.testing.waiting import wait_until
from mercat.tests.conftest import ROOT

APP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": WORD})

WORD = b"one"
"""


class Toy:
    def __init__(self, folder: Path, port: int) -> None:
        self.code, self.port, self.log = folder / "toyshop", port, folder / "log"
        self.code.mkdir()
        self.write(APP)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mercat.stack.dev_server", "toyshop", f"--port={port}", f"--watch={self.code}"],
                env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"},
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def write(self, text: str) -> None:
        (self.code / "app.py").write_text(text)

    def says(self) -> str:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/", timeout=60).text
        except httpx.TransportError:
            return ""

    def logged(self, words: str) -> bool:
        return words in self.log.read_text()


@pytest.fixture
def toy(tmp_path, free_port):
    one = Toy(tmp_path, free_port)
    try:
        wait_until(lambda: one.says() == "one", 60, "the first code serves")
        yield one
    finally:
        one.process.terminate()
        one.process.wait(timeout=60)
        assert one.says() == ""


def test_saved_code_is_served(toy):
    for word in ("two", "three"):  # of one length each time with "one", within the same second
        toy.write(APP.replace('b"one"', f'b"{word}"'))
        wait_until(partial(says, toy, word))
    assert toy.logged("runs the new code")


def says(toy, word) -> bool:
    return toy.says() == word


def test_error_is_printed_and_the_old_code_serves(toy):
    toy.write(APP + "def (\n")
    wait_until(lambda: toy.logged("cannot be read"))
    assert toy.says() == "one"
    toy.write(APP + "raise RuntimeError('so it is')\n")
    wait_until(lambda: toy.logged("RuntimeError: so it is"))
    wait_until(lambda: toy.logged("the new one cannot be loaded"))
    assert toy.says() == "one"
    toy.write(APP.replace('b"one"', 'b"two"'))
    wait_until(lambda: toy.says() == "two")


def test_killed_child_is_restarted(toy):
    toy.write(
        APP.replace('if scope["type"] == "http"', "").replace(
            'await send({"type": "http.response.start"',
            'import os; os.kill(os.getpid(), 9)\n    await send({"type": "http.response.start"',
        )
    )
    wait_until(lambda: toy.logged("runs the new code"))
    assert toy.says() == ""
    wait_until(lambda: toy.logged(f"ended with status -{int(signal.SIGKILL)}"))
    toy.write(APP)
    wait_until(lambda: toy.says() == "one")


def test_child_ends_with_its_parent(toy):
    toy.process.kill()
    toy.process.wait()
    wait_until(lambda: toy.says() == "")
