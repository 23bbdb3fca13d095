"""What an operator does about erasures once all databases went back to before them: docs/kubernetes/recovery.md.

Only the log knows of them by then. Its lines about accounts are given to identity as they are; staff erase the orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from proofs.erasure.days import NOW, account_gone
from proofs.erasure.people import PATIENCE
from proofs.erasure.planted import Planted
from proofs.staff import Staff
from proofs.store import ProofStore

_ORDER = re.compile(r'"labels\.order_id":"([0-9a-f-]{36})"')


@dataclass
class Logged:
    """Lines of the log that tell of erased accounts, and the ids of erased orders."""

    accounts: list[str] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    def lacks(self, account_id: str, orders: Iterable[str]) -> list[str]:
        """Complaints: the log does not name them."""
        named = any(account_id in line for line in self.accounts)
        missing = [] if named else [f"the log does not name the account {account_id}"]
        return missing + [f"the log does not name the order {each}" for each in orders if each not in self.orders]


def logged(folder: Path, since: datetime | None = None) -> Logged:
    """What the logs below a folder tell of erasures: of all, or since a moment."""
    found = Logged()
    for path in folder.rglob("*"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else ():
            if '"message":"account.erased"' in line and _is_since(line, since):
                found.accounts.append(line)
            elif '"message":"order.erased"' in line and _is_since(line, since):
                found.orders |= set(_ORDER.findall(line))
    return found


def _is_since(line: str, moment: datetime | None) -> bool:
    written: dict[str, Any] = msgspec.json.decode(line)
    return moment is None or datetime.fromisoformat(written["@timestamp"]) >= moment


async def erase_again(store: ProofStore, staff: Staff, known: Logged, people: Planted) -> None:
    """Have those erased again of whom the log tells; `people` are among them, and gone when this returns."""
    file = store.store.state.parent / "lines"
    file.write_text("\n".join(known.accounts), encoding="utf-8")
    await store.mercat("admin", "erase-again", str(file), "--yes")
    await account_gone(store, people.account_id, PATIENCE, NOW)
    for order_id in sorted(known.orders):
        await staff.ask("POST", f"orders/{order_id}/erasure")
