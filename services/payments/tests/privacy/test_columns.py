"""What the erasure says of each personal column of payments is what it does; and nobody has forgotten a column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from payments.privacy.columns import GONE, KEPT
from payments.privacy.store import OF_ACCOUNT, OF_ORDERS

ROOT = Path(__file__).resolve().parents[4]
# Entries of the ledger and movements at the provider are amounts of what is exported; the rest are no rows of a person.
NOT_EXPORTED = {
    *("ledger_entries", "balance_movements", "staff_notices", "erasures"),
    *("outbox", "inbox_dead", "idempotency", "jobs", "audit_lines", "revoked_sessions", "shop_profile"),
}


def tables(*paths: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in paths:
        found |= yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["tables"]
    return found


DESCRIBED = tables("services/payments/tables.yaml", "chassis/db/tables.yaml")


def test_each_personal_column_is_erased_or_kept_for_a_reason():
    gone = {(table, name) for table, names in GONE.items() for name in names}
    kept = {(table, name) for table, names in KEPT.items() for name, reason in names.items() if len(reason) > 20}
    personal = {
        (table, name)
        for table, described in DESCRIBED.items()
        for name, column in described["columns"].items()
        if isinstance(column, dict) and column.get("personal", "none") != "none"
    }
    assert gone & kept == set()
    assert personal - gone - kept == set(), "the erasure says nothing of these"
    assert (gone | kept) - personal == set(), "these are not described as personal"


def test_each_table_of_a_person_is_exported_or_there_is_a_reason():
    whose = {name for name, described in DESCRIBED.items() if described["person"] != "none"}
    exported = {part.table for part in (*OF_ORDERS, *OF_ACCOUNT)}
    assert whose - exported - NOT_EXPORTED == set()
    assert exported & NOT_EXPORTED == set()
