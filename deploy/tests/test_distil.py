"""Schemas out of the real bindings: the shapes that Terraform's own documentation shows for these types."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deploy import TERRAFORM
from deploy.tests.double import bindings, catalogue, distil
from deploy.tests.double.bindings import PACKAGES, NoBindings

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def schema():
    """The schema of a type, distilled anew."""
    aws = PACKAGES["aws"]
    names = {
        "resource": ("aws_eks_cluster", "aws_security_group", "aws_s3_bucket", "aws_db_instance", "aws_wafv2_web_acl"),
        "ephemeral": ("aws_secretsmanager_random_password",),
    }
    folders = {name: aws.folder(kind, name) for kind, types in names.items() for name in types}
    sources = aws.read(set(folders.values()))
    return {name: distil.distil(name, sources[folder]) for name, folder in folders.items()}


def test_required_optional_and_computed_are_told_apart(schema):
    attributes = schema["aws_eks_cluster"]["attributes"]
    assert attributes["role_arn"] | {"write_only": False} == {
        "type": "string",
        "required": True,
        "optional": False,
        "computed": False,
        "write_only": False,
    }
    assert attributes["endpoint"]["computed"]
    assert not attributes["endpoint"]["optional"]
    assert attributes["enabled_cluster_log_types"]["type"] == ["set", "string"]
    assert attributes["tags"]["type"] == ["map", "string"]
    assert schema["aws_db_instance"]["attributes"]["multi_az"]["type"] == "bool"
    assert schema["aws_db_instance"]["attributes"]["allocated_storage"]["type"] == "number"


def test_a_block_that_only_the_provider_sets_is_an_attribute_of_objects(schema):
    attributes = schema["aws_eks_cluster"]["attributes"]
    issuer = ["object", {"issuer": "string"}]
    assert attributes["identity"]["type"] == ["list", ["object", {"oidc": ["list", issuer]}]]


def test_blocks_have_minimum_and_maximum_counts(schema):
    blocks = schema["aws_eks_cluster"]["blocks"]
    assert (blocks["vpc_config"]["nesting"], blocks["vpc_config"]["min"], blocks["vpc_config"]["max"]) == ("list", 1, 1)
    assert (blocks["access_config"]["min"], blocks["access_config"]["max"]) == (0, 1)
    assert blocks["timeouts"]["nesting"] == "single"
    encryption = blocks["encryption_config"]["block"]
    assert encryption["blocks"]["provider"]["block"]["attributes"]["key_arn"]["required"]


def test_a_block_that_is_really_an_attribute_is_one(schema):
    """The rules of a security group, which may be written in either form."""
    group = schema["aws_security_group"]
    assert "ingress" not in group["blocks"]
    assert group["attributes"]["ingress"]["type"][0] == "set"


def test_write_only_arguments_are_known_by_their_name(schema):
    attributes = schema["aws_db_instance"]["attributes"]
    assert attributes["password_wo"]["write_only"]
    assert not attributes["password_wo_version"]["write_only"]


def test_ephemeral_resources_have_schemas_too(schema):
    assert schema["aws_secretsmanager_random_password"]["attributes"]["random_password"]["computed"]


def test_a_recursive_schema_is_taken_from_another_resource():
    found = catalogue.schemas(PACKAGES["aws"], {"resource": {"aws_wafv2_web_acl"}, "data": set(), "ephemeral": set()})
    assert set(found["resource"]) == {"aws_wafv2_web_acl"}
    rule = found["resource"]["aws_wafv2_web_acl"]["blocks"]["rule"]["block"]
    statement = rule["blocks"]["statement"]["block"]["blocks"]
    assert statement["rate_based_statement"]["block"]["attributes"]["limit"]["required"]
    assert "geo_match_statement" not in statement


def test_a_type_that_does_not_exist_has_no_schema():
    found = catalogue.schemas(PACKAGES["aws"], {"resource": {"aws_nothing"}, "data": set(), "ephemeral": set()})
    assert found["resource"] == {}


def test_a_missing_wheel_is_named_with_the_way_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(bindings, "WHEELS", tmp_path)
    with pytest.raises(NoBindings, match="make test-terraform"):
        PACKAGES["aws"].path()


def test_the_command_serves_any_command_of_terraforms():
    command = [sys.executable, "-m", "deploy.tests.double", "terraform", f"-chdir={TERRAFORM / 'modules' / 'keys'}"]
    for words in (["init", "-backend=false"], ["validate", "-no-color"]):
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=False, cwd=TERRAFORM.parents[1])
        assert done.returncode == 0, done.stdout + done.stderr
    assert "The configuration is valid" in done.stdout
