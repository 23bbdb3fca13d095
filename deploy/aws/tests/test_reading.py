"""Reading Terraform's JSON: plans with modules, keys and gaps; states; errors."""

from __future__ import annotations

import pytest

from deploy.aws.diagnostics import Diagnostic, TerraformFailed, errors, event
from deploy.aws.guards import dropped, refuse_losses, stateful_losses
from deploy.aws.layers import Layer
from deploy.aws.plan import UNKNOWN, Resource, read, read_state
from deploy.aws.session import needs_first
from deploy.aws.terraform import Terraform
from deploy.refusal import REFUSED, Refusal


def change(address, actions, after=None, before=None, unknown=None, **more):
    kind, name = address.split("[")[0].split(".")[-2:]
    about = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    return {"address": address, "mode": "managed", "type": kind, "name": name, "change": about, **more}


def test_unknown_values_are_seen_in_their_places():
    shown = {
        "resource_changes": [
            change(
                "aws_x.y",
                ["create"],
                {"name": "n", "rule": [{"a": 1}], "ids": [None, "b"]},
                unknown={"arn": True, "rule": [{"b": True}], "ids": [True, False], "tags": {}},
            )
        ]
    }
    resource = read(shown).resources[0]
    assert resource.get("name") == "n"
    assert resource.get("arn") is UNKNOWN
    assert resource.get("arn.0.deeper") is UNKNOWN
    assert resource.get("rule.0.a") == 1
    assert resource.get("rule.0.b") is UNKNOWN
    assert resource.get("rule.3.b") is None
    assert resource.each("ids") == ["b"]
    assert resource.on("arn")
    assert not resource.has("tags")


def test_expressions_are_found_through_modules_and_keys():
    address = 'module.data["a.b[0]"].module.inner[1].aws_x.y["k"]'
    module = 'module.data["a.b[0]"].module.inner[1]'
    entry = change(address, ["create"], {}, module_address=module, index="k", type="aws_x", name="y")
    resource_of = {"type": "aws_x", "name": "y", "expressions": {"bucket": {"references": ["aws_z.w"]}}}
    inner = {"module": {"resources": [resource_of]}}
    shown = {
        "resource_changes": [entry, {**entry, "mode": "data"}],
        "configuration": {
            "root_module": {"module_calls": {"data": {"module": {"module_calls": {"inner": inner}}}}},
        },
    }
    plan = read(shown)
    assert len(plan.changes) == 1
    assert plan.resources[0].expressions == resource_of["expressions"]


def test_a_resource_belongs_to_another_by_value_or_by_reference():
    refers = {"bucket": {"references": ["aws_z.w.id", "aws_z.w"]}}
    part = Resource("aws_x.y", "aws_x", "y", "", {"bucket": UNKNOWN}, "k", refers)
    one = Resource("aws_z.w", "aws_z", "w", "", {"id": UNKNOWN}, "k")
    assert part.belongs_to("bucket", one, "id")
    assert not part.belongs_to("bucket", Resource("aws_z.w", "aws_z", "w", "", {"id": UNKNOWN}, "other"), "id")
    assert not part.belongs_to("bucket", Resource("aws_z.v", "aws_z", "v", "", {"id": UNKNOWN}, "k"), "id")
    known = Resource("aws_x.y", "aws_x", "y", "", {"bucket": "b"}, "k", refers)
    assert not known.belongs_to("bucket", Resource("aws_z.w", "aws_z", "w", "", {"id": "c"}, "k"), "id")


def test_a_state_is_read_with_its_modules_and_without_data():
    row = {"type": "aws_x", "name": "y", "mode": "managed", "values": {"a": 1}}
    root = {
        "resources": [{**row, "address": "aws_x.y"}, {**row, "address": "data.aws_x.y", "mode": "data"}],
        "child_modules": [{"address": "module.m", "resources": [{**row, "address": "module.m.aws_x.y"}]}],
    }
    plan = read_state({"values": {"root_module": root}}, "staging", "10-a")
    assert [resource.address for resource in plan.resources] == ["aws_x.y", "module.m.aws_x.y"]
    assert [entry.kind for entry in plan.changes] == ["nothing", "nothing"]
    assert read_state({"format_version": "1.0"}).resources == []


@pytest.mark.parametrize("actions", [["delete"], ["delete", "create"], ["create", "delete"]])
def test_deleting_a_resource_with_data_is_a_loss_except_a_replica(actions):
    lost = change("aws_db_instance.main", actions, before={})
    replica = change("aws_db_instance.replica", actions, before={"replicate_source_db": "main"})
    forgotten = change("aws_kms_key.k", ["forget"], before={})
    plan = read({"resource_changes": [lost, replica, forgotten, change("aws_iam_role.r", actions, before={})]})
    assert [entry.address for entry in stateful_losses(plan)] == ["aws_db_instance.main"]
    with pytest.raises(Refusal) as refused:
        refuse_losses(plan, [])
    assert refused.value.status == REFUSED
    refuse_losses(plan, ["aws_db_instance.main"])


@pytest.mark.parametrize(
    ("after", "unknown", "lost"),
    [
        ({"insecure_value": '{"a": 2}'}, {}, ["drops b"]),
        ({"insecure_value": '{"a": 1, "b": 1, "c": 1}'}, {}, []),
        ({"insecure_value": "{}"}, {}, ["drops a", "drops b"]),
        ({}, {"insecure_value": True}, []),
    ],
)
def test_a_handover_loses_the_keys_that_it_drops_and_none_while_it_is_not_known(after, unknown, lost):
    before = {"insecure_value": '{"a": 1, "b": 1}'}
    plan = read({"resource_changes": [change("aws_ssm_parameter.h", ["update"], after, before, unknown)]})
    assert dropped(plan.changes[0]) == lost


def test_drift_is_counted():
    drift = [change("aws_x.y", ["update"]), change("aws_x.z", ["no-op"])]
    assert read({"resource_drift": drift}).drifted == 1


@pytest.mark.parametrize(
    "summary",
    [
        "reading SSM Parameter (/mercat/staging/10-foundation): couldn't find resource",
        "ParameterNotFound: /mercat/staging/10-foundation",
    ],
)
def test_a_missing_handover_names_its_layer(tmp_path, summary):
    layers = [Layer("staging", name, tmp_path) for name in ("10-foundation", "20-network")]
    missing = Diagnostic(summary, "", "data.aws_ssm_parameter.foundation", "handover.tf:3")
    assert needs_first(TerraformFailed("plan", [missing], ""), layers[1], layers) == ["10-foundation"]
    # The first layer waits for nobody, and another error beside it is another error.
    assert needs_first(TerraformFailed("plan", [missing], ""), layers[0], layers) == []
    other = Diagnostic("Invalid index")
    assert needs_first(TerraformFailed("plan", [missing, other], ""), layers[1], layers) == []
    elsewhere = Diagnostic(summary, "", "aws_ssm_parameter.foundation")
    assert needs_first(TerraformFailed("plan", [elsewhere], ""), layers[1], layers) == []


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Error: No valid credential sources found", "Sign in"),
        ("Error acquiring the state lock", "force-unlock"),
        ("AWS account ID not allowed: 1", "another account"),
        ("S3 bucket does not exist", "bootstrap"),
        ("AccessDenied: Your account must be verified before you can add", "AWS Support"),
        ("InvalidInputException: Access denied to connection arn:aws:codeconnections:1", "A person admits"),
        ("is not authorized to perform: ec2:X", "<name>-apply"),
        ("DependencyViolation: The subnet has dependencies", "left an interface"),
        ("BucketNotEmpty", "Empty it"),
        ("Instance cannot be destroyed", "prevent_destroy"),
    ],
)
def test_usual_errors_are_explained_with_a_solution(said, hint):
    failed = TerraformFailed("init", [], said)
    assert said in str(failed)
    assert f"→ {hint}" in str(failed) or hint in str(failed).split("→")[1]


def test_only_errors_count_and_each_once():
    error = '{"diagnostic": {"severity": "error", "summary": "S", "range": {"filename": "a.tf", "start": {"line": 3}}}}'
    warning = '{"diagnostic": {"severity": "warning", "summary": "W"}}'
    lines = [error, warning, error, "not json", "[1]"]
    assert [str(found) for found in errors(map(event, lines))] == ["S  (a.tf:3)"]


def test_all_layers_share_one_copy_of_the_providers(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(tmp_path / "plugins"))
    one, other = (Terraform(tmp_path / layer) for layer in ("30-data", "40-cluster"))
    assert (
        one.environment["TF_PLUGIN_CACHE_DIR"] == other.environment["TF_PLUGIN_CACHE_DIR"] == str(tmp_path / "plugins")
    )
    assert (tmp_path / "plugins").is_dir()
