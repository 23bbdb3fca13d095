"""`destroy` and its guards."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.terraform


def left(commands, environment):
    states = (commands.tree / "live" / environment).rglob("terraform.tfstate")
    return sum(path.read_text().count('"mode": "managed"') for path in states)


def test_development_goes_in_the_reverse_order(commands):
    commands("apply", "development", "--yes")
    done = commands("destroy", "development", answers="y\ny\ny\ny\n")
    assert done.status == 0, done.text
    assert (
        done.text.index("[1/3] 30-data") < done.text.index("[2/3] 20-network") < done.text.index("[3/3] 10-foundation")
    )
    assert "holds data: aws_db_instance.this" in done.text
    assert "must be gone from the cluster first" in done.text
    assert done.text.index("must be gone") > done.text.index("[2/3] 20-network")
    assert "mercat-development is gone. Its state bucket and what bootstrap made stay." in done.text
    assert left(commands, "development") == 0
    again = commands("destroy", "development")
    assert again.status == 0
    assert again.text.count("nothing is there") == 3


def test_without_a_terminal_name_and_empty_cluster_are_options(commands):
    commands("apply", "development", "--yes")
    halted = commands("destroy", "development", "--yes-destroy", "mercat-development")
    assert halted.status == 4
    assert "--undeployed" in halted.text
    assert "Done: 30-data. Not done: 20-network, 10-foundation." in halted.text
    done = commands("destroy", "development", "--yes-destroy", "mercat-development", "--undeployed")
    assert done.status == 0
    assert left(commands, "development") == 0


def test_a_layer_goes_only_when_nothing_stands_on_it(commands):
    commands("apply", "development", "--yes")
    refused = commands("destroy", "development", "--only", "network", "--yes-destroy", "mercat-development")
    assert refused.status == 3
    assert "30-data must be destroyed first: it stands on 20-network." in refused.text
    done = commands("destroy", "development", "--only", "data", "--yes-destroy", "mercat-development")
    assert done.status == 0
    assert "data is gone." in done.text
    assert "30-data" in commands("plan", "development").text


@pytest.mark.parametrize("words", [(), ("--yes-destroy", "production"), ("--yes-destroy", "mercat-development")])
def test_production_goes_only_by_its_name(commands, words):
    done = commands("destroy", "production", *words)
    assert done.status == 3
    assert "--yes-destroy mercat-production" in done.text


def test_production_goes_only_after_its_protection_was_turned_off(commands):
    assert commands("apply", "production", "--yes").status == 0
    words = ("destroy", "production", "--yes-destroy", "mercat-production", "--undeployed")
    before = left(commands, "production")
    refused = commands(*words)
    assert refused.status == 3
    assert "aws_db_instance.this (deletion_protection)" in refused.text
    assert "apply production --release mercat-production" in refused.text
    assert left(commands, "production") == before

    commands.edit("30-data", "deletion_protection         = local.guarded", "deletion_protection = false", "production")
    ruled = commands("apply", "production", "--yes")
    assert ruled.status == 3
    assert "protection: aws_db_instance.this" in ruled.text
    assert commands("apply", "production", "--yes", "--release", "mercat-production").status == 0
    done = commands(*words)
    assert done.status == 0, done.text
    assert left(commands, "production") == 0
