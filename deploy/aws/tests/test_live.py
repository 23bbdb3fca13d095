"""The environments as they are written: rehearsed whole, they break no rule and leave nothing without a price."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from deploy.aws.cli import app
from deploy.aws.layers import TREE, environments, layers

pytestmark = pytest.mark.terraform


@pytest.mark.parametrize("environment", environments(TREE))
def test_a_rehearsal_of_each_environment_finds_nothing_wrong(environment):
    done = CliRunner().invoke(app, ["plan", environment, "--offline"])
    assert done.exit_code == 0, f"{done.output}\n{done.exception}"
    assert done.output.count("to create") == len(layers(TREE, environment))
    for complaint in ("✗", "not priced", "waits for", "holds data"):
        assert complaint not in done.output
    assert f"{environment}: about" in done.output
