"""docs/concepts/limits.md tells every limit there is, as it is."""

from __future__ import annotations

import re
from pathlib import Path

from catalog.settings import CatalogSettings
from chassis.config import Settings
from identity import registrations
from identity.settings import IdentitySettings
from orders.catalog_client import RESERVE_SECONDS
from orders.settings import OrdersSettings
from pages.settings import PagesSettings

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| (?:`(?P<name>[\w-]+)`|(?P<words>[^|`]+)) \| `(?P<number>[^`]+)` \|", re.MULTILINE)
_RULE = re.compile(r'\b(?:rule|limit)\(\s*"([a-z][a-z0-9_.-]*)",\s*"([0-9]+/[a-z]+)"')


def told() -> dict[str, str]:
    page = (ROOT / "docs" / "concepts" / "limits.md").read_text(encoding="utf-8")
    return {(row["name"] or row["words"]): row["number"] for row in _ROW.finditer(page)}


def settings() -> dict[str, str]:
    """The defaults of all that is a rate, or counts what is held."""
    found: dict[str, str] = {}
    for kind in (Settings, IdentitySettings, CatalogSettings, OrdersSettings, PagesSettings):
        for name, field in kind.model_fields.items():
            if name.endswith("_limit") or name.startswith(("unpaid_", "lapsed_")):
                found[name.upper()] = str(field.default)
    return found


def rules() -> dict[str, str]:
    """Limits that are no settings, by their names in the code."""
    found: dict[str, str] = {}
    for folder in ("chassis", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" not in path.parts:
                # A docstring shows how a rule is written; it is none.
                code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
                found.update(_RULE.findall(code))
    return found


def test_the_page_of_limits_matches_the_code():
    mails = {
        "mails to a mailbox": f"{registrations.MAILS_PER_HOUR}/h",
        "mails to a mailbox in a day": f"{registrations.MAILS_PER_DAY}/d",
    }
    assert told() == {**settings(), **rules(), **mails}


def test_the_catalog_answers_that_rows_are_locked_before_orders_gives_up():
    """It waits once for all of a batch, and once for those that are not locked; then 50 ms for each of the others."""
    assert 2 * CatalogSettings.model_fields["database_lock_seconds"].default < RESERVE_SECONDS
