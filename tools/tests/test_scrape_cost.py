from __future__ import annotations

import json
import subprocess
import sys

import pytest

# As if each operation had been answered with each status that there is: orders has 80 operations.
MOST_SERIES, MOST_BYTES = 20_000, 3_500_000


@pytest.mark.parametrize("service", ["catalog", "identity", "orders", "payments", "shop"])
def test_a_service_that_has_answered_everything_has_few_series(service: str):
    command = [sys.executable, "-m", "tools.scrape_cost", service]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    cost = json.loads(done.stderr.splitlines()[-1])
    assert 1_000 < cost["series"] <= MOST_SERIES
    assert cost["bytes"] <= MOST_BYTES
