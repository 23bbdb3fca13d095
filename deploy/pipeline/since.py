"""`python3 -m deploy.pipeline.since WORKFLOW`: the commit of its last run on main that succeeded, as a line `base=...`.

What is compared with it takes along what a run between them did not bring out, because it failed or never began. Empty:
there is none, so everything counts as changed. Runs before anything is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys


def base(workflow: str) -> str:
    """The commit, if it is one of this repository's."""
    words = ["--workflow", workflow, "--branch", "main", "--event", "push", "--status", "success"]
    command = ["gh", "run", "list", *words, "--limit", "1", "--json", "headSha"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        sys.exit(f"✗ GitHub cannot be asked for the last run of {workflow}: {done.stderr.strip()}")
    found = [each["headSha"] for each in json.loads(done.stdout)]
    known = ["git", "merge-base", "--is-ancestor", *found, "HEAD"]
    return found[0] if found and subprocess.run(known, check=False, capture_output=True).returncode == 0 else ""


def main() -> None:
    """Print it."""
    print(f"base={base(sys.argv[1])}")


if __name__ == "__main__":
    main()
