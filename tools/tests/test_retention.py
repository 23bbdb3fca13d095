"""Each period of docs/compliance/retention.md is the one that code, charts and modules keep in production."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/compliance/retention.md"
CLASSES = yaml.safe_load((ROOT / "docs/compliance/retention.yaml").read_text(encoding="utf-8"))
LOGS = "deploy/charts/logs/files/elasticsearch.txt"
HOUSEKEEPING = "chassis/worker/housekeeping.py"
ENVIRONMENTS = "deploy/terraform/settings/environments.tf"
# By what is kept: the file that enforces it, where its number stands there, how many of its units make one of ours.
POLICIES = {
    "Audit log of each service": ("chassis/migrations/0008_audit_lines.sql", r"< now\(\) - interval '(\d+) days'", 1),
    "Metrics": ("deploy/platform/values/kube-prometheus-stack.production.yaml", r"retention: (\d+)d", 1),
    "Sessions after their end": ("services/identity/store.py", r"< now\(\) - interval '(\d+) d'", 1),
    "Wishes for an account": ("services/identity/registrations.py", r"LIFETIME_SECONDS = ([\d_]+)", 3_600),
    "Idempotency records": (HOUSEKEEPING, r"created_at < now\(\) - interval '(\d+) days'", 1),
    "Webhooks of Stripe": ("services/payments/store/provider_events.py", r"< now\(\) - interval '(\d+) days'", 1),
    "Events that were sent": (HOUSEKEEPING, r"occurred_at < now\(\) - interval '(\d+) days'", 1),
    "Carts of guests": ("services/orders/carts/store/carts.py", r"GUEST_CART_KEPT = \"interval '(\d+) days'\"", 1),
    "Stock held for an order": ("services/orders/settings.py", r"hold_seconds: int = Field\(default=(\d+)", 60),
    "Backups, to any second": (ENVIRONMENTS, r"backup_days .*production = (\d+)", 1),
    "Backups of a month": (ENVIRONMENTS, r"backup_months .*production = (\d+)", 1),
    "Erasures (ids and times alone)": (
        "services/identity/privacy/store/erasures.py",
        r"KEPT = timedelta\(days=(\d+)",
        365,
    ),
    "Exports of a person's data": ("services/identity/privacy/store/exports.py", r"^KEPT = timedelta\(days=(\d+)", 1),
}
# By what is kept: the streams of logs whose days in production it are, and where these stand in the chart's policies.
DELETED, EXPIRED = '"delete":{"min_age":"${%s_days}d"', '"expire_after":"${%s_days}d"'
STREAMS = {
    "Logs of services, the edge and data": (DELETED, ("app",)),
    "Snapshots of these logs": (EXPIRED, ("app",)),
    "Logs of security and audit": (DELETED, ("security", "audit")),
}
# What nothing deletes by age, as its class says.
WITHOUT_POLICY = {
    "Traces": "as long as the receiver keeps them; Mercat brings none",
    "Ids of events that were taken": "as long as the service; the number of rows does not grow",
    "Events set aside": "until an operator decides",
    "Orders, invoices, ledger": "without end",
}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def rows() -> dict[str, tuple[str, str]]:
    """By what is kept: for how long the page says, and the class."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines]
    return {data: (kept, kind.strip("`")) for data, _, kept, kind, _ in cells}


def leading(kept: str) -> int:
    return int(kept.split(maxsplit=1)[0])


def test_every_row_has_its_policy_and_every_policy_its_row():
    assert rows().keys() == POLICIES.keys() | STREAMS.keys() | WITHOUT_POLICY.keys()
    assert {kind for _, kind in rows().values()} <= CLASSES.keys()


@pytest.mark.parametrize("data", POLICIES)
def test_what_is_deleted_by_age_is_kept_for_as_long_as_the_page_says(data):
    path, pattern, units = POLICIES[data]
    found = {int(each) for each in re.findall(pattern, text(path), re.MULTILINE)}
    kept, kind = rows()[data]
    assert {each // units for each in found} == {leading(kept)}
    if kind != "reservations":  # the hold ends, and the row stays
        assert re.search(rf"\b{leading(kept)}\b", CLASSES[kind]["period"])


@pytest.mark.parametrize("data", STREAMS)
def test_logs_are_kept_for_as_long_as_the_page_says(data):
    form, streams = STREAMS[data]
    production = yaml.safe_load(text("deploy/environments/production.yaml"))["logs"]["days"]
    for stream in streams:
        assert form % stream in text(LOGS)
        assert production[stream] == leading(rows()[data][0])


@pytest.mark.parametrize("data", WITHOUT_POLICY)
def test_what_is_not_deleted_by_age_is_said_so_by_its_class(data):
    assert CLASSES[rows()[data][1]]["period"] == WITHOUT_POLICY[data]


def test_what_was_erased_is_kept_as_long_by_the_database_as_by_the_work_that_deletes():
    found = re.findall(
        r"erased_at > now\(\) - interval '(\d+) years'", text("services/identity/migrations/0019_privacy.sql")
    )
    assert [int(each) for each in found] == [leading(rows()["Erasures (ids and times alone)"][0])]
