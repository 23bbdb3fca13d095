"""A person's way through the storefront, in a real browser, on a store of its own: the proof `walk` (some minutes)."""

import os
import subprocess
import sys

import pytest

from chassis.testing.skipping import skip_without
from mercat.stack.ports import free_offset
from mercat.tests.conftest import ROOT
from proofs import walk

CHROMIUM = ROOT / ".venv" / "browser" / "chromium"
SECONDS = 900


@pytest.mark.stack
def test_a_person_browses_buys_and_signs_up():
    if lack := walk.missing():
        skip_without("node", f"{lack}; `make test` brings them")
    if not CHROMIUM.exists():
        skip_without("Chromium", "`make test` unpacks it from Debian's packages; or install it, or name it in CHROMIUM")
    done = subprocess.run(
        [sys.executable, "-m", "proofs", "walk", "--replicas", "1"],
        cwd=ROOT,
        env={**os.environ, "MERCAT_PROOF_OFFSET": str(free_offset())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout[-6000:]
