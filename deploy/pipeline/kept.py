"""`python -m deploy.pipeline.kept NAME FOLDER`: what the last run on main kept as the artifact NAME, into a folder.

Where none was kept yet, the folder is made, empty. An artifact of a fork or of a branch is never taken.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from deploy.pipeline.commands import run
from deploy.pipeline.program import main


def fetch(name: str, folder: Path) -> int | None:
    """The number of the run that kept it; None: none did.

    Raises:
        Refusal: GitHub refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = json.loads(run("gh", "api", f"repos/{{owner}}/{{repo}}/actions/artifacts?name={name}&per_page=100"))
    runs = [
        each["workflow_run"]["id"]
        for each in found["artifacts"]
        if not each["expired"]
        and each["workflow_run"]["head_branch"] == "main"
        and each["workflow_run"]["head_repository_id"] == each["workflow_run"]["repository_id"]
    ]
    if not runs:
        print(f"Nothing was kept as {name} yet: it begins today.")
        return None
    run("gh", "run", "download", str(max(runs)), "--name", name, "--dir", str(folder), seconds=600)
    return int(max(runs))


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.kept", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    fetch(asked.name, asked.folder)


if __name__ == "__main__":
    main(_work)
