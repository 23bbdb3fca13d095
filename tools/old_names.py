"""Finds names that were replaced by the field's terms, in code and documents.

Migrations and the changelog are not searched: they keep the old names.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.gates import tree

# By path prefix: a regular expression for each old name, and the new name.
OLD: dict[str, dict[str, str]] = {
    "": {
        r"\bchassis[./](?:applier|parking|follower|line|tags|faults|documentation|revocations|owed|held|job_rows)\b": (
            "the module of its room: docs/architecture.md"
        ),
        r"\bapplier\b|\bApplier\b": "dispatcher",
        r"\bparked\b|\bparking\b|\bParked\b": "dead letter, set aside",
        r"\brung\(|\bBell\b|\bheeds\b": "wait_for, Signal, accepts",
        r"\bpostman\b|\bPostman\b": "SmtpSender",
        r"\bfill_basket\b": "price_basket",
        r"\bover_stripe\b": "stripe_provider",
        r"\brefuse_guessing\b|\bapi[./]guessing\b": "sign_in_limits",
        r"\bstore[./]placing\b": "new_order",
        r"\bdomain[./]progress\b": "order_state",
    },
    "chassis/": {
        r"\bfollower\b|\bFollower\b": "poller",
        r"\bBatches\b": "Batcher",
        r"\bKept\(|\bOwed\(|\bEdge\(|\bTags\(|\bLine\(": (
            "TokenCache, PendingReports, RequestMiddleware, Versions, Listener"
        ),
    },
    "services/": {r"\bfaults\.point\b": "failpoints.point"},
    "services/identity/": {
        r"\bknown_sessions\b|\bidentity[./]acting\b|\bacting\.": "rights",
        r"\bgive_tokens\b": "issue_tokens",
    },
    "services/catalog/": {
        r"\bImported(?:Variant|Product|Image)\b|\bimport_(?:plan|states|skus|titles|values)\b|\bsanitise\b": (
            "the modules of importing/"
        ),
        r"\bTurns\b|\bcatalog[./]turns\b|\btell_of_pictures\b|\bWantedUnits\b|\bcatalog[./]schemas\b": (
            "SearchSlots, report_pictures, StockLevel, api/schemas"
        ),
    },
    "services/orders/": {
        r"\borders[./](?:views|schemas|cart_views|merge_views|shopper)\b": "the modules of api/, domain/shopper.py",
        r"\bHappened\b|\bLearnt\b|\bgive_up\b|\bfind_waiting\b|\bas_order\b": (
            "HistoryEntry, Outcome, end_unpaid, find_unpaid_order, store/new_order.py"
        ),
    },
    "services/payments/": {
        r"\btell_staff\b|\bsays_nothing_new\b|\btold_by_provider\b|\bstanding_before\b|\bPaymentWanted\b": (
            "mail_staff, is_unchanged, from_provider, proxy_before, PaymentRequest"
        ),
    },
    "mercat/": {
        r"\bmercat\.(?:board|keep|leftovers|show|plan|hearing|ends|words|applying|devserver|loading|seeding)\b": (
            "the module of its room: mercat/README.md"
        ),
        r"\bBoard\b|\bRefusal\b|\bRunner\b|\bleftovers\b": "StatusFile, CommandError, ProcessRunner, orphans",
    },
    "proofs/": {r"\bscenery\b|\bput_on_shelf\b|\.insist\(": "products, set_stock, retry"},
    "stripe_double/": {r"\bBook\b|\bBookTaken\b|\bwebhook_book\b": "Database, DatabaseInUse, event_queue"},
}
_SEARCHED = ("*.py", "*.md", "*.toml", "*.yaml", "*.yml", "Makefile")
_LEFT_OUT = (":!CHANGELOG.md", ":!*/migrations/*", ":!tools/old_names.py", ":!tools/tests/test_old_names.py")


def found(root: Path = tree.ROOT, names: dict[str, dict[str, str]] = OLD) -> list[str]:
    """One line for each occurrence of an old name, with the new name."""
    complaints = []
    for name in tree.files(root, *_SEARCHED, *_LEFT_OUT):
        wanted = {old: new for where, pairs in names.items() if name.startswith(where) for old, new in pairs.items()}
        for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
            complaints += [
                f"{name}:{number}: {match.group()!r} is an old name: {new}"
                for old, new in wanted.items()
                if (match := re.search(old, line))
            ]
    return complaints
