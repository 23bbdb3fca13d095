"""P25: schemathesis calls every operation of every openapi.json, signed in and not: no 5xx, no undocumented answer."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from mercat.config import services
from proofs import signed_in
from proofs.shopper import PASSWORD, shopper
from proofs.store import ProofStore

TITLE = "P25: schemathesis on every openapi.json, signed in and not"
EXAMPLES = 25
# The most lines of a report that are shown, and the most characters of each.
LINES, WIDTH = 40, 160
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


async def prove(store: ProofStore) -> list[str]:
    """Run schemathesis for each service: without a token, as a customer, as an administrator."""
    # Each run has its own account, as it also signs out.
    askers = {"nobody": _nobody, "a customer": _customer, "an admin": _admin}
    complaints = []
    for spec in services.discover(store.store.root):
        document = store.store.root / "services" / spec.name / "openapi.json"
        # Who shows pages alone has none.
        for who, sign_in in askers.items() if document.is_file() else ():
            found = await _attack(store, document, await sign_in(store))
            print(f"  {spec.name}, asked by {who}: {found or 'nothing wrong'}", flush=True)
            complaints += [f"{spec.name}, asked by {who}: {found}"] if found else []
    return complaints


async def _nobody(_store: ProofStore) -> str:
    return ""


async def _customer(store: ProofStore) -> str:
    async with shopper(store, https=False) as buyer:
        await buyer.register()
        return buyer.email


async def _admin(store: ProofStore) -> str:
    """The address of a new administrator."""
    async with shopper(store, https=False) as boss:
        await store.create_admin(boss.email, PASSWORD)
        return boss.email


async def _attack(store: ProofStore, document: Path, email: str) -> str:
    """Run schemathesis as this account, or as nobody; returns the failures of its report."""
    argv = [str(Path(sys.executable).parent / "schemathesis"), "run", str(document), "--url", store.plain]
    argv += ["--checks", CHECKS, "--max-examples", str(EXAMPLES), "--no-color", "--seed", "20261121"]
    account = {signed_in.EMAIL: email, signed_in.PASSWORD: PASSWORD} if email else {}
    process = await asyncio.create_subprocess_exec(
        *argv,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "proofs.contract_hooks", signed_in.URL: store.plain, **account},
        cwd=store.store.root,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode == 0:
        return ""
    return shortened(output.decode(errors="replace"))


def shortened(report: str) -> str:
    """The failures of a report, with lines cut to `WIDTH`: a generated request may have thousands of characters."""
    start = max(report.find("= FAILURES ="), 0)
    lines = [
        line if len(line) <= WIDTH else f"{line[:WIDTH]} ... ({len(line)} characters)" for line in _told(report[start:])
    ]
    return "\n".join(lines[:LINES] + ([f"... and {len(lines) - LINES} more lines"] if len(lines) > LINES else []))


def _told(report: str) -> list[str]:
    return [line.rstrip() for line in report.split("\n") if line.strip()]
