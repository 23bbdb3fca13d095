"""Every alert, by promtool: it fires, it does not fire below its guard, and it resolves."""

import json

import pytest
import yaml

from deploy.observability.rules.compiled import FOLDER
from deploy.observability.tests import worlds


def test_each_alert_fires_and_resolves_and_keeps_quiet_below_its_guard(promtool, tmp_path):
    paths = []
    for name, cases in worlds.CASES.items():
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(worlds.test_file(FOLDER / f"{name}.yaml", cases)))
    done = promtool("test", "rules", *paths)
    assert done.returncode == 0, done.stdout + done.stderr
