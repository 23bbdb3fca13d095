"""The double under Terraform itself: it must refuse what the real provider's schema refuses."""

from __future__ import annotations

import pytest

from deploy.tests.double.run import offline

pytestmark = pytest.mark.terraform

HEAD = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["123456789012"]
  default_tags {
    tags = { Project = "mercat" }
  }
}
"""
READS = """
data "aws_ssm_parameter" "p" {
  name = "/a"
}
output "p" {
  value = data.aws_ssm_parameter.p.insecure_value
}
"""
VPC = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'
CLUSTER = 'resource "aws_eks_cluster" "this" {\n  name = "x"\n  role_arn = "y"\n  BLOCKS\n}'
NETWORK = 'vpc_config {\n    subnet_ids = ["s"]\n  }\n'
LEAK = """
ephemeral "aws_secretsmanager_random_password" "p" {}
resource "aws_db_instance" "d" {
  instance_class = "x"
  password       = ephemeral.aws_secretsmanager_random_password.p.random_password
}
"""
REFUSED = {
    "a misspelt argument": (
        'resource "aws_db_subnet_group" "this" {\n  subnt_ids = ["a"]\n}',
        'An argument named "subnt_ids" is not expected here. Did you mean "subnet_ids"?',
    ),
    "a missing argument": (
        CLUSTER.replace('role_arn = "y"', "").replace("BLOCKS", NETWORK),
        'The argument "role_arn" is required',
    ),
    "a missing block": (CLUSTER.replace("BLOCKS", ""), 'At least 1 "vpc_config" blocks are required'),
    "a block twice": (CLUSTER.replace("BLOCKS", NETWORK * 2), 'No more than 1 "vpc_config" blocks are allowed'),
    "an unknown block": (VPC.replace("}", "  dns {\n  }\n}"), 'Blocks of type "dns" are not expected here'),
    "a value of the wrong type": (VPC.replace('"10.0.0.0/16"', "[1]"), "string required"),
    "a type that does not exist": ('resource "aws_vcp" "this" {}', 'does not support resource type "aws_vcp"'),
    "a computed attribute set": (
        VPC.replace("}", '  arn = "arn:aws:x"\n}'),
        "aws_vpc.arn is decided by the provider",
    ),
    "a computed attribute set in a block": (
        CLUSTER.replace("BLOCKS", NETWORK.replace("}", 'vpc_id = "v"\n  }')),
        "aws_eks_cluster.vpc_config.vpc_id is decided by the provider",
    ),
    "an attribute that is not there": (
        VPC + 'output "x" {\n  value = aws_vpc.this.cidr\n}',
        'This object has no argument, nested block, or exported attribute named "cidr"',
    ),
    "a secret where it would be kept": (LEAK, "Ephemeral values are not valid"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_schema_forbids_is_refused(what, tmp_path):
    source, message = REFUSED[what]
    (tmp_path / "main.tf").write_text(HEAD + source)
    with offline(tmp_path) as terraform:
        started = terraform(tmp_path, "init", "-backend=false")
        assert started.status == 0, started.text
        done = terraform(tmp_path, "validate")
    assert done.status == 1
    assert message in " ".join(done.text.replace("│", " ").split())


def test_a_valid_configuration_is_planned_applied_and_destroyed(tmp_path):
    (tmp_path / "main.tf").write_text(
        HEAD
        + VPC
        + 'resource "aws_subnet" "this" {\n  vpc_id = aws_vpc.this.id\n  cidr_block = "10.0.1.0/24"\n}\n'
        + 'output "vpc" {\n  value = aws_vpc.this.arn\n}\n'
    )
    with offline(tmp_path) as terraform:
        plan = terraform.plan(tmp_path)
        after = {change["address"]: change["change"]["after"] for change in plan["resource_changes"]}
        assert after["aws_subnet.this"]["vpc_id"] == after["aws_vpc.this"]["id"]
        assert after["aws_vpc.this"]["tags_all"] == {"Project": "mercat"}
        assert ":eu-central-1:123456789012:" in after["aws_vpc.this"]["arn"]
        assert terraform(tmp_path, "apply", "offline.tfplan").status == 0
        again = terraform(tmp_path, "plan", "-detailed-exitcode")
        assert again.status == 0, again.text
        gone = terraform(tmp_path, "destroy", "-auto-approve")
    assert "Destroy complete! Resources: 2 destroyed." in gone.text


def test_a_changed_argument_is_a_change_in_place(tmp_path):
    (tmp_path / "main.tf").write_text(HEAD + VPC)
    with offline(tmp_path) as terraform:
        terraform.plan(tmp_path)
        terraform(tmp_path, "apply", "offline.tfplan")
        (tmp_path / "main.tf").write_text(HEAD + VPC.replace("}", "  enable_dns_hostnames = true\n}"))
        assert "Plan: 0 to add, 1 to change, 0 to destroy." in terraform(tmp_path, "plan").text


def test_a_parameter_exists_from_its_apply_to_its_destroy(tmp_path):
    writer, reader = tmp_path / "writer", tmp_path / "reader"
    for folder, source in (
        (writer, 'resource "aws_ssm_parameter" "p" {\n  name = "/a"\n  type = "String"\n  insecure_value = "hello"\n}'),
        (reader, READS),
    ):
        folder.mkdir()
        (folder / "main.tf").write_text(HEAD + source)
    with offline(tmp_path) as terraform:
        terraform(reader, "init", "-reconfigure")
        assert "ParameterNotFound" in terraform(reader, "plan").text
        terraform.plan(writer)
        terraform(writer, "apply", "offline.tfplan")
        assert terraform.plan(reader)["planned_values"]["outputs"]["p"]["value"] == "hello"
        terraform(writer, "init", "-reconfigure")
        assert terraform(writer, "destroy", "-auto-approve").status == 0
        terraform(reader, "init", "-reconfigure")
        assert terraform(reader, "plan").status == 1


def test_what_is_write_only_is_in_no_plan_and_no_state(tmp_path):
    secret = (
        'ephemeral "aws_secretsmanager_random_password" "p" {\n  password_length = 20\n}\n'
        'resource "aws_secretsmanager_secret_version" "s" {\n  secret_id = "s"\n  secret_string_wo_version = 1\n'
        "  secret_string_wo = ephemeral.aws_secretsmanager_random_password.p.random_password\n}\n"
    )
    (tmp_path / "main.tf").write_text(HEAD + secret)
    with offline(tmp_path) as terraform:
        plan = terraform.plan(tmp_path)
        assert terraform(tmp_path, "apply", "offline.tfplan").status == 0
    assert plan["resource_changes"][0]["change"]["after"].get("secret_string_wo") is None
    assert "random_password-" not in (tmp_path / "terraform.tfstate").read_text()


def test_what_could_be_set_and_was_not_stays_null(tmp_path):
    """So that a rule sees that a database was left without a key."""
    (tmp_path / "main.tf").write_text(HEAD + 'resource "aws_db_instance" "d" {\n  instance_class = "db.t4g.micro"\n}')
    with offline(tmp_path) as terraform:
        after = terraform.plan(tmp_path)["resource_changes"][0]["change"]["after"]
    assert after.get("kms_key_id") is None
    assert after["endpoint"]
