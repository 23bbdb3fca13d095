"""docs/add-a-service.md, done as it says in a copy of the repository; then what it promises of the new service."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from chassis.testing.waiting import wait_until
from mercat.installation.installation import PORTS
from mercat.stack.ports import free_offset
from proofs.tutorials.page import Written, steps
from tools.copies import ROOT, copy_repository

pytestmark = pytest.mark.stack


class Reader:
    """Somebody who does what a page says, in a folder and with a store of their own."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder, self.offset = folder, free_offset()
        known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = {**known, "MERCAT_STATE": str(state), "MERCAT_PORT_OFFSET": str(self.offset), "NO_COLOR": "1"}
        self.url = f"http://localhost:{PORTS['http'] + self.offset}"

    def run(self, commands: str) -> str:
        """Line by line; the first that fails ends it. The store's port is that of the reader's own store."""
        here = commands.replace(f"http://localhost:{PORTS['http']}", self.url)
        done = subprocess.run(
            ["sh", "-ec", here], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=400
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def do(self, page: Path) -> None:
        for step in steps(page):
            if isinstance(step, Written):
                (self.folder / step.path).write_text(step.text, encoding="utf-8")
            else:
                self.run(step.text)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("added")
    reader = Reader(copy_repository(folder / "mercat"), folder / "state")
    try:
        reader.do(ROOT / "docs" / "add-a-service.md")
        yield reader
    finally:
        reader.run(".venv/bin/mercat down")


def test_the_documented_steps_work_and_the_service_accepts_live_sessions_only(reader):
    shown = reader.run(".venv/bin/mercat admin create --email grace@example.com < /dev/null")
    password = re.search(r"shown this once: (\S+)", shown)
    assert password, shown
    with httpx.Client(base_url=reader.url, timeout=60) as client:
        signed_in = client.post("/api/v1/sessions", json={"email": "grace@example.com", "password": password[1]})
        headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        greeted = client.post("/api/v1/greetings/Ada", headers=headers)
        assert (greeted.status_code, greeted.json()) == (201, {"name": "Ada", "count": 1})
        assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
        wait_until(lambda: client.post("/api/v1/greetings/Ada", headers=headers).status_code == 401)


def test_the_new_service_is_in_the_docs_and_bound_by_the_contracts(reader):
    shown = httpx.get(f"{reader.url}/docs/openapi.json", timeout=60).json()
    assert "/api/v1/greetings/{name}" in shown["paths"]
    (reader.folder / "services/greeter/spying.py").write_text("import catalog.settings\n")
    command = [".venv/bin/python", "-c", "from tools import boundaries; print(boundaries.check())"]
    said = subprocess.run(command, cwd=reader.folder, env=reader.env, capture_output=True, text=True, check=True).stdout
    assert "greeter.spying" in said
    assert (
        json.loads((reader.folder / "services/greeter/openapi.json").read_text())["info"]["title"] == "Mercat greeter"
    )
