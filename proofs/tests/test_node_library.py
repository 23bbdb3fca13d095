"""Stripe's official library for Node talks to the double unchanged: 40 calls, each checked by the script itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import stripe_double
from chassis.testing.skipping import skip_without
from stripe_double.tests.running import SECRET, in_thread

SCRIPT = Path(stripe_double.__file__).parent / "tests" / "node"
OLDEST_NODE = 20


def _node() -> str:
    """Where node is."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        skip_without("node", "there is no node or no npm on the PATH")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(told.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        skip_without("node", f"node is {told.strip()}, and the library needs {OLDEST_NODE}")
    return node


def test_forty_calls_of_the_official_library_for_node(tmp_path: Path):
    node = _node()
    for name in ("package.json", "package-lock.json", "script.mjs"):
        shutil.copy(SCRIPT / name, tmp_path)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
    if installed.returncode != 0:
        skip_without("npm's registry", installed.stderr.strip()[-500:])
    with in_thread(tmp_path / "book", None) as double:
        run = [node, "script.mjs", double.url, SECRET]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 40
    assert lines[0] == "1 create"
