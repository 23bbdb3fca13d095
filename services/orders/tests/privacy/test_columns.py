"""What the erasure says of each personal column is what it does; and nobody has forgotten a column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from orders.privacy.domain.columns import GONE, KEPT
from orders.privacy.domain.person import Person as Erased
from orders.privacy.store.exported import PARTS
from orders.privacy.usecases.erase_person import erase_person
from orders.tests.privacy.person import Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
ROOT = Path(__file__).resolve().parents[4]
# Only copies or counts of what is exported, or hashes; those of every service are no rows of the person's.
NOT_EXPORTED = {
    *("order_search", "order_progress", "line_progress", "order_holds", "discount_customers"),
    *("unpaid_mails", "link_mails", "erasures"),
    *("outbox", "inbox_dead", "idempotency", "jobs", "audit_lines", "revoked_sessions", "shop_profile"),
}
# Of whom a person has no row: others' are looked at by other tests.
NOT_PLANTED = {
    *(
        "outbox",
        "inbox_dead",
        "audit_lines",
        "revoked_sessions",
        "shop_profile",
        "unpaid_mails",
        "link_mails",
        "restocks",
    ),
    *("discount_uses", "discount_customers", "return_lines", "refund_lines", "order_tags", "mails_about"),
    *("order_mails", "erasures"),
}
# What is only there of a guest, or of an account; and what is never filled where the rest of the row is.
_SELDOM = {("carts", "merged_into"), ("orders", "token_hash"), ("orders", "account_id"), ("order_events", "actor")}


def tables(*paths: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in paths:
        found |= yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["tables"]
    return found


DESCRIBED = tables("services/orders/tables.yaml", "chassis/db/tables.yaml")


def personal() -> set[tuple[str, str]]:
    return {
        (table, name)
        for table, described in DESCRIBED.items()
        for name, column in described["columns"].items()
        if isinstance(column, dict) and column.get("personal", "none") != "none"
    }


async def test_each_personal_column_is_erased_or_kept_for_a_reason() -> None:
    gone = {(table, name) for table, names in GONE.items() for name in names}
    kept = {(table, name) for table, names in KEPT.items() for name, reason in names.items() if len(reason) > 20}
    assert gone & kept == set()
    assert personal() - gone - kept == set(), "the erasure says nothing of these"
    assert (gone | kept) - personal() == set(), "these are not described as personal"


async def test_each_table_of_a_person_is_exported_or_there_is_a_reason() -> None:
    whose = {name for name, described in DESCRIBED.items() if described["person"] != "none"}
    exported = {part.table for part in PARTS}
    assert whose - exported - NOT_EXPORTED == set()
    assert exported & NOT_EXPORTED == set()


@pytest.mark.parametrize("account", [False, True])
async def test_the_erasure_does_to_each_column_what_it_says(town: Town, account: bool) -> None:  # noqa: FBT001
    person = await town.person(account=account)
    names = sorted({*GONE, *KEPT} - NOT_PLANTED)
    before = {table: await town.rows_of(table, person) for table in names}
    assert [table for table, rows in before.items() if not rows] == [], "nothing is planted there"
    empty = [
        (table, name)
        for table, columns in GONE.items()
        for name in columns
        if all(row[name] is None for row in before[table]) and (table, name) not in _SELDOM
    ]
    assert [each for each in empty if each[0] not in {"carts", "drafts"}] == []
    asked = Erased(account_id=person.account_id, order_ids=() if account else (person.order_id,))
    assert await erase_person(town.service.ctx, asked) == 1
    after = {table: await town.rows_of(table, person) for table in names}
    for table in names:
        rows = zip(before[table], after[table], strict=False) if len(before[table]) == len(after[table]) else ()
        for was, now in rows:
            for name in KEPT.get(table, {}):
                assert now[name] == was[name], (table, name)
    for table, columns in GONE.items():
        for name in columns:
            left = {str(row[name]) for row in before[table] if row[name]} & {
                str(row[name]) for row in after[table] if row[name] and _says_something(person, row[name])
            }
            assert left == set(), (table, name)
    assert await town.with_word(person.word) <= {"documents"}


def _says_something(person: Any, value: Any) -> bool:
    return person.word in str(value).lower() or str(value) in {str(person.account_id), str(person.order_id)}
