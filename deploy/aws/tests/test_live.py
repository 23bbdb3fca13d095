"""The environment as it is written: rehearsed whole, it breaks no rule and leaves nothing without a price.

That of the other two is seen in deploy/tests/test_environments.py, without the command.
"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy import TERRAFORM
from deploy.aws.cli import app
from deploy.aws.layers import layers

pytestmark = pytest.mark.terraform


def test_an_offline_plan_of_development_has_no_findings():
    environment = "development"
    done = CliRunner().invoke(app, ["plan", environment, "--offline"])
    assert done.exit_code == 0, f"{done.output}\n{done.exception}"
    assert done.output.count("to create") == len(layers(TERRAFORM, environment))
    for complaint in ("✗", "not priced", "waits for", "holds data"):
        assert complaint not in done.output
    assert f"{environment}: about" in done.output
