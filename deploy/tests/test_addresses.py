"""The CloudFront function that moves other hosts and refuses machines' addresses, run by node where there is one."""

from __future__ import annotations

import shutil
import subprocess

from chassis.testing.skipping import skip_without
from deploy import TERRAFORM

DISTRIBUTION = TERRAFORM / "modules" / "distribution"


def test_the_tests_of_the_function_pass():
    if shutil.which("node") is None:
        skip_without("node", "it is not on the PATH")
    tests = sorted(str(path) for path in (DISTRIBUTION / "tests").glob("*.mjs"))
    assert tests
    done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
