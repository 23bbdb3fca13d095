"""Looks for secrets where nobody needs them: in the logs of the processes, which many people read."""

from __future__ import annotations

from collections.abc import Mapping

from proofs.store import ProofStore


def spilled(store: ProofStore, secrets: Mapping[str, str]) -> list[str]:
    """The log files that hold one of these secrets, by what it is."""
    wrong, read = [], 0
    for file in sorted(store.store.logs.glob("**/*")):
        if file.is_file():
            content = file.read_bytes()
            read += len(content)
            wrong += [f"{what} stands in {file.name}" for what, each in secrets.items() if each.encode() in content]
    print(f"  {len(secrets)} secrets were looked for in {read:,} bytes of logs", flush=True)
    return wrong if read else ["there are no logs, so nothing was shown"]
