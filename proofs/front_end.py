"""Runs examples/front_end_client, a client written from the documentation only: it buys, and looks its orders up."""

from __future__ import annotations

import asyncio
import json
import sys

from proofs.store import ProofStore

TITLE = "A client written from the documentation only buys, and looks its order up on another device"


async def prove(store: ProofStore) -> list[str]:
    """Run it as guest and as customer: each must see a paid order on another device."""
    complaints, port = [], store.store.port("http")
    for who in ("guest", "customer"):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "front_end_client.buy", "--store", f"http://localhost:{port}", "--as", who),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        said = output.decode(errors="replace").strip()
        print(f"  as {who}: {said[-200:]}", flush=True)
        if process.returncode != 0 or json.loads(said.splitlines()[-1])["status"] != "paid":
            complaints.append(f"as {who}: {said[-1500:]}")
    return complaints
