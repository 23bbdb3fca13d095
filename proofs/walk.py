"""A headless browser uses the storefront: browses, buys with every kind of test card, signs up.

It needs Node and Chromium, so it runs on request only: `make walk`. The steps are in web/tests.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from proofs.store import ProofStore

TITLE = (
    "The storefront in a browser: browse, buy, sign up; accessible by axe in light and dark, on wide and narrow screens"
)
# Filling in a card form takes longer than the calls of other proofs.
SETTINGS = {"HOLD_SECONDS_ORDERS": "900"}
TESTS = Path(__file__).resolve().parent.parent / "web" / "tests"


async def prove(store: ProofStore) -> list[str]:
    """Run the steps, which print their progress. Without Node the proof fails."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return [f"nothing was proven: there is no {program} on the PATH"]
    if not (TESTS / "node_modules").exists():
        await _run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
    address = f"http://localhost:{store.store.port('http')}"
    ended = {program: await _run("node", program, address) for program in ("walk.mjs", "places.mjs", "measuring.mjs")}
    return [f"{program} ended with status {status}" for program, status in ended.items() if status != 0]


async def _run(*words: str) -> int:
    process = await asyncio.create_subprocess_exec(*words, cwd=TESTS, env=os.environ)
    return await process.wait()
