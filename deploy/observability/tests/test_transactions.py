"""A transaction pages when others wait for it, or when it is very long, by promtool."""

import json

import pytest

from deploy.observability.rules import compiled
from deploy.observability.tests.worlds import check

PAGES = 'count(ALERTS{alertname="TransactionLong",severity="page",alertstate="firing"}) or vector(0)'
OPEN = 'pg_stat_activity_max_tx_duration{datname="payments",application_name="psql"}'
# Every 15 s, for ten minutes.
LOOKS = 40


def waits(values, database="payments"):
    return {"series": f'pg_stat_activity_count{{datname="{database}",wait_event_type="Lock"}}', "values": values}


@pytest.mark.parametrize(
    ("seconds", "waiting", "pages"),
    [
        (61, waits(f"1x{LOOKS}"), 1),
        # They give up after some seconds, and others come.
        (61, waits("1 stale " * (LOOKS // 2)), 1),
        (61, waits("1 stale stale stale " * (LOOKS // 4)), 0),
        (61, waits(f"1x{LOOKS}", "orders"), 0),
        (59, waits(f"1x{LOOKS}"), 0),
        (601, waits(f"0x{LOOKS}"), 1),
        (599, waits(f"0x{LOOKS}"), 0),
    ],
)
def test_a_transaction_pages_when_others_wait_or_it_is_very_long(promtool, tmp_path, seconds, waiting, pages):
    path = tmp_path / "test.json"
    world = {
        "name": "open",
        "interval": "15s",
        "input_series": [{"series": OPEN, "values": f"{seconds}x{LOOKS}"}, waiting],
        "promql_expr_test": [check(PAGES, 9, pages)],
    }
    rules = [str(compiled.FOLDER / "data.yaml")]
    path.write_text(json.dumps({"rule_files": rules, "evaluation_interval": "15s", "tests": [world]}))
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr
