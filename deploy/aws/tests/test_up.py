"""`plan` and `apply` on a tree of three layers, with real Terraform against the double."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.terraform

UNENCRYPTED = ("  storage_encrypted           = true\n", "")


def test_a_plan_of_a_new_environment_says_what_has_to_be_applied_first(commands):
    done = commands("plan", "development")
    assert done.status == 0
    assert "[1/3] development / 10-foundation" in done.text
    assert "2 to create" in done.text
    assert "waits for 10-foundation, 20-network, which has to be applied first" in done.text
    assert "What needs nothing of it: 1 to create" in done.text
    assert "30-data: apply 10-foundation, 20-network first" in done.text
    assert commands.account.resources == {}
    assert commands("plan", "development", "--drift").status == 5


def test_apply_brings_up_layer_after_layer_and_a_second_one_does_nothing(commands):
    done = commands("apply", "development", "--yes")
    assert done.status == 0, done.text
    assert done.text.index("10-foundation") < done.text.index("20-network") < done.text.index("30-data")
    assert "✓ aws_db_instance.this: create" in done.text
    assert "mercat-development is as it is written" in done.text
    made = dict(commands.account.resources)
    assert made["aws_secretsmanager_secret"] == 2

    again = commands("apply", "development")
    assert again.status == 0
    assert again.text.count("nothing to change") == 3
    assert commands.account.resources == made

    planned = commands("plan", "development", "--drift")
    assert planned.status == 0
    assert "development: about" in planned.text
    assert "USD above the budget" in planned.text or "Within the budget of 100 USD" in planned.text


def test_a_person_is_asked_for_each_layer_and_a_no_ends_it(commands):
    done = commands("apply", "development", answers="y\nn\n")
    assert done.status == 4
    assert "Apply this to mercat-development, 20-network? (2 to create)" in done.text
    assert "Done: 10-foundation. Not done: 20-network, 30-data." in done.text
    assert commands.made("aws_kms_key") == 1
    assert commands.made("aws_vpc") == 0


def test_without_a_person_and_without_yes_nothing_is_applied(commands):
    done = commands("apply", "development")
    assert done.status == 4
    assert "nobody to ask" in done.text
    assert "--yes" in done.text
    assert commands.account.resources == {}


def test_one_layer_alone_needs_those_before_it(commands):
    done = commands("apply", "development", "--only", "data", "--yes")
    assert done.status == 1
    assert "30-data needs what 10-foundation, 20-network hands over" in done.text
    assert "apply development --only 10-foundation" in done.text
    assert commands("apply", "development", "--only", "20-network", "--yes").status == 0
    assert commands.made("aws_vpc") == 1


def test_a_broken_rule_stops_an_apply_and_shows_in_a_plan(commands):
    commands("apply", "development", "--only", "foundation", "--yes")
    commands("apply", "development", "--only", "network", "--yes")
    commands.edit("30-data", *UNENCRYPTED)
    planned = commands("plan", "development")
    assert planned.status == 3
    assert "1 rules are broken" in planned.text
    done = commands("apply", "development", "--yes")
    assert done.status == 3
    assert "encryption: aws_db_instance.this: is not encrypted as it should be" in done.text
    assert "set storage_encrypted and kms_key_id" in done.text
    assert "Done: 10-foundation, 20-network. Not done: 30-data." in done.text
    assert commands.made("aws_db_instance") == 0


def test_what_holds_data_is_lost_only_by_name(commands):
    commands("apply", "development", "--yes")
    commands.edit("30-data", 'toset(["catalog", "orders"])', 'toset(["catalog"])')
    planned = commands("plan", "development")
    assert planned.status == 0
    assert 'holds data: aws_secretsmanager_secret.service["orders"] (destroy)' in planned.text
    refused = commands("apply", "development", "--yes")
    assert refused.status == 3
    assert """--allow-loss 'aws_secretsmanager_secret.service["orders"]'""" in refused.text
    other = commands("apply", "development", "--yes", "--allow-loss", "aws_db_instance.this")
    assert other.status == 3
    done = commands("apply", "development", "--yes", "--allow-loss", 'aws_secretsmanager_secret.service["orders"]')
    assert done.status == 0, done.text
    assert 'aws_secretsmanager_secret.service["orders"]: delete' in done.text


def test_the_environments_backend_is_given_to_each_layer(commands):
    environment = commands.tree / "live" / "development"
    (environment / "backend.hcl").write_text(f'workspace_dir = "{environment / "elsewhere"}"\n')
    for layer in environment.glob("*-*"):
        backend = 'terraform {\n  backend "local" {\n    path = "layer.tfstate"\n  }\n}\n'
        (layer / "backend.tf").write_text(backend)
    done = commands("apply", "development", "--yes")
    assert done.status == 0, done.text
    recorded = Path(commands.environment["TF_DATA_DIR"]) / "terraform.tfstate"
    assert "elsewhere" in recorded.read_text()
    assert len(list(environment.rglob("layer.tfstate"))) == 3


def test_any_other_error_of_terraforms_ends_with_its_own_message(commands):
    commands.edit("20-network", "cidr_block", "cdir_block")
    done = commands("plan", "development")
    assert done.status == 1
    assert "terraform plan failed" in done.text
    assert 'An argument named "cdir_block" is not expected here' in done.text
    assert "main.tf:2" in done.text


def test_a_missing_terraform_is_one_sentence(commands, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    done = commands("plan", "development")
    assert done.status == 1
    assert "There is no terraform program on PATH" in done.text


def test_wrong_names_are_answered_with_the_right_ones(commands):
    wrong = commands("plan", "prod")
    assert wrong.status == 2
    assert "development, production" in wrong.text
    layer = commands("plan", "development", "--only", "cluster")
    assert layer.status == 2
    assert "10-foundation, 20-network, 30-data" in layer.text
    release = commands("apply", "production", "--release", "mercat-staging")
    assert release.status == 3
    assert "mercat-production, not mercat-staging" in release.text


def test_what_only_changes_outputs_is_applied_too(commands):
    commands("apply", "development", "--only", "network", "--yes")
    path = commands.tree / "live" / "development" / "20-network" / "outputs.tf"
    path.write_text('output "vpc" {\n  value = aws_vpc.this.id\n}\n')
    done = commands("apply", "development", "--only", "network", "--yes")
    assert "only outputs change" in done.text
    assert "nothing to change" in commands("apply", "development", "--only", "network").text


POLICY = """
resource "terraform_data" "later" {
  input = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ACTION, Resource = "*" }] })
}

resource "aws_iam_policy" "this" {
  policy = terraform_data.later.output
}
"""


@pytest.mark.parametrize(("action", "status"), [("*", 3), ("ec2:DescribeInstances", 0)])
def test_a_policy_that_no_plan_can_show_is_read_once_it_exists(commands, action, status):
    path = commands.tree / "live" / "development" / "10-foundation" / "policy.tf"
    path.write_text(POLICY.replace("ACTION", f'"{action}"'))
    assert "1 policies are known only after apply" in commands("plan", "development").text
    done = commands("apply", "development", "--yes")
    assert done.status == status, done.text
    if status:
        assert "it IS applied, since its policies were known only now" in done.text
        assert 'least_privilege: aws_iam_policy.this: policy, a statement without Sid: allows Action "*"' in done.text
        assert commands.made("aws_vpc") == 0


def test_the_cost_is_printed_for_the_layers_that_can_be_planned(commands):
    new = commands("cost", "development")
    assert new.status == 0
    assert "KMS keys" in new.text
    assert "30-data is not in the sum: it waits for 10-foundation, 20-network." in new.text
    whole = commands("cost", "all", "--offline")
    assert whole.status == 0, whole.text
    assert "PostgreSQL db.t4g.medium, single zone" in whole.text
    assert "PostgreSQL db.t4g.medium, Multi-AZ" in whole.text
    assert "not in the sum" not in whole.text
    assert "Within the budget of 900 USD" in whole.text


def test_offline_the_whole_environment_is_planned_without_an_account(commands):
    done = commands("plan", "all", "--offline")
    assert done.status == 0, done.text
    assert "development / 30-data" in done.text
    assert "production / 30-data" in done.text
    assert "waits" not in done.text
    # The rehearsal has an account of its own.
    assert commands.account.resources == {}
    assert not list(commands.tree.rglob("*.tfstate"))


def test_a_protection_is_removed_only_by_name(commands):
    commands("apply", "production", "--yes")
    guarded = ("  skip_final_snapshot         = !local.guarded\n", "  skip_final_snapshot         = true\n")
    commands.edit("30-data", *guarded, environment="production")
    planned = commands("plan", "production")
    assert "holds data: aws_db_instance.this (skip_final_snapshot); an apply needs --allow-loss" in planned.text
    assert "protection: aws_db_instance.this" in planned.text
    release = ("apply", "production", "--yes", "--release", "mercat-production")
    assert commands(*release).status == 3
    assert commands(*release, "--allow-loss", "aws_db_instance.this").status == 0


def test_all_environments_are_planned_without_an_account_only(commands):
    refused = commands("plan", "all")
    assert refused.status == 2
    assert "Each environment is an account of its own" in refused.text
    assert commands("plan", "all", "--only", "10-foundation", "--offline").status == 0
