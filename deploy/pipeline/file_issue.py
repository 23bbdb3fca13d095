"""`python -m deploy.pipeline.file_issue --label X --title T --body-file F`: one issue for one matter.

An open issue with that label and exactly that title gets the new text; where there is none, one is opened. Two runs at
once are kept apart by the workflow's concurrency group; should there be two issues nevertheless, the younger ones are
closed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from deploy.pipeline.commands import run
from deploy.pipeline.program import main
from deploy.pipeline.telling import output, run_url

# GitHub refuses a longer body.
_LONGEST = 60_000
_MANY = "1000"


def file_issue(label: str, title: str, body: str) -> str:
    """Open it or bring it up to date; its number.

    Raises:
        Refusal: gh could not.
    """
    text = _fitting(body)
    numbers = _open(label, title)
    if not numbers:
        run("gh", "label", "create", label, "--force", "--description", "Reported by a workflow")
        address = run("gh", "issue", "create", "--label", label, "--title", title, "--body-file", "-", stdin=text)
        return address.strip().rpartition("/")[2]
    first, *others = numbers
    run("gh", "issue", "edit", first, "--body-file", "-", stdin=text)
    for other in others:
        run("gh", "issue", "close", other, "--reason", "not planned", "--comment", f"The same as #{first}.")
    return first


def close_issue(label: str, title: str, why: str) -> list[str]:
    """Close what is open of the matter; the numbers.

    Raises:
        Refusal: gh could not.
    """
    numbers = _open(label, title)
    for number in numbers:
        run("gh", "issue", "close", number, "--reason", "completed", "--comment", why)
    return numbers


def _open(label: str, title: str) -> list[str]:
    """The numbers of the open issues with this label and exactly this title, the oldest first."""
    words = ["--label", label, "--state", "open", "--limit", _MANY, "--json", "number,title"]
    found = json.loads(run("gh", "issue", "list", *words))
    return [str(each["number"]) for each in sorted(found, key=lambda each: each["number"]) if each["title"] == title]


def _fitting(body: str) -> str:
    source = f"\n\nFrom {url}" if (url := run_url()) else ""
    if len(body) + len(source) > _LONGEST:
        body = f"{body[: _LONGEST - len(source) - 100]}\n\n(cut: the rest stands in the run)"
    return f"{body.rstrip()}{source}\n"


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.file_issue", description=__doc__)
    parser.add_argument("--label", required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--body-file", type=Path, required=True)
    asked = parser.parse_args()
    if not asked.body_file.is_file():
        parser.error(f"--body-file {asked.body_file}: there is no such file, so there is nothing to report")
    output("issue", file_issue(asked.label, asked.title, asked.body_file.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(_work)
