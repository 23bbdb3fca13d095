"""The CloudFront function that answers a page's address with index.html, run by node where there is one."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from deploy import TERRAFORM

DISTRIBUTION = TERRAFORM / "modules" / "distribution"


@pytest.mark.skipif(shutil.which("node") is None, reason="NOT TESTED: node is not on the PATH")
def test_pages_assets_machines_and_hosts():
    tests = sorted(str(path) for path in (DISTRIBUTION / "tests").glob("*.mjs"))
    assert tests
    done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
