"""What an operator takes from the log after a restore: who was erased since that moment, and nobody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from proofs.erasure.again import Logged, logged

MOMENT = datetime(2026, 11, 28, 10, tzinfo=UTC)
ADA, BOB = "01a22b02-2b13-7e8a-86af-4cdc7557faa8", "01a22b02-74cd-7c7f-bb3b-eb8d88f51aac"


def test_the_lines_since_a_moment_name_accounts_and_orders(tmp_path):
    told = [
        (-1, {"message": "account.erased", "user.id": ADA}),
        (1, {"message": "account.erased", "user.id": BOB}),
        (-1, {"message": "order.erased", "labels.order_id": ADA}),
        (1, {"message": "order.erased", "labels.order_id": BOB}),
        (1, {"message": "request", "labels.order_id": ADA}),
    ]
    lines = [
        json.dumps({"@timestamp": (MOMENT + timedelta(seconds=after)).isoformat(), **fields}, separators=(",", ":"))
        for after, fields in told
    ]
    (tmp_path / "identity.log").write_text("no JSON at all\n" + "\n".join(lines), encoding="utf-8")
    known = logged(tmp_path, since=MOMENT)
    assert known == Logged([lines[1]], {BOB})
    assert logged(tmp_path) == Logged(lines[:2], {ADA, BOB})
    assert known.lacks(BOB, [BOB]) == []
    assert known.lacks(ADA, [ADA]) == [
        f"the log does not name the account {ADA}",
        f"the log does not name the order {ADA}",
    ]
