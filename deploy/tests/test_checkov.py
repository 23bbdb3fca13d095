"""checkov finds nothing in the Terraform that is not explained beside the code it finds it in.

It reads the code of a module once, also where the module is called for each of many: what each of these calls makes,
our own rules read in the plans (deploy/aws/rules), where all values are known.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from chassis.testing.skipping import skip_without
from deploy.tests.double.bindings import WHEELS
from deploy.tests.double.tree import offline_copy

pytestmark = pytest.mark.terraform

CHECKOV = WHEELS.parents[1] / "checkov" / "bin" / "checkov"
SEEDED = "aws_security_group_rule.seeded"
OPEN_DOOR = """
resource "aws_security_group_rule" "seeded" {
  type              = "ingress"
  security_group_id = "sg-1"
  description       = "anyone"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, list[dict]]:
    """What one run finds (each takes half a minute) in our code, and in a folder with an open door beside it.

    The other environments call the same modules, with production's protections off where the table of settings says so.
    """
    if not CHECKOV.is_file():
        skip_without("checkov", "`make test-terraform` installs it in .venv/checkov")
    tree = offline_copy(tmp_path_factory.mktemp("scanned"))
    for environment in ("development", "staging"):
        shutil.rmtree(tree / "live" / environment)
    (tree / "seeded").mkdir()
    (tree / "seeded" / "main.tf").write_text(OPEN_DOOR)
    command = [str(CHECKOV), "-d", str(tree), "--framework", "terraform", "--skip-download", "--output", "json"]
    once = {**os.environ, "CHECKOV_ENABLE_MODULES_FOREACH_HANDLING": "False"}  # a third of its time
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=once)
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    results: dict[str, list[dict]] = report["results"]
    return results


def test_the_scanner_finds_a_seeded_open_port(found):
    seeded = {check["check_id"] for check in found["failed_checks"] if check["resource"] == SEEDED}
    assert "CKV_AWS_24" in seeded


def test_the_scanner_reads_all_our_modules(found):
    seen = {check["file_abs_path"] for check in found["passed_checks"] + found["skipped_checks"]}
    for part in ("modules/database", "modules/bucket", "modules/distribution", "modules/cluster", "bootstrap"):
        assert [path for path in seen if f"/terraform/{part}/" in path], part


def test_there_is_no_finding_without_a_reason(found):
    ours = [check for check in found["failed_checks"] if check["resource"] != SEEDED]
    assert not [(check["check_id"], check["resource"]) for check in ours]
    reasons = {check["check_id"]: check["check_result"]["suppress_comment"] for check in found["skipped_checks"]}
    assert not [(name, reason) for name, reason in reasons.items() if len(reason or "") < 30]
