"""`python -m deploy.pipeline.planned ENV OUT`: what an apply of Terraform would do, as a page.

The page is the comment of a pull request and the summary of the run. `differs=true|false` is for the job that asks for
an approval: where nothing would change, nobody is asked. Ends with 3 where a rule is broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.pipeline import telling
from deploy.pipeline.commands import tried
from deploy.pipeline.program import main
from deploy.refusal import DIFFERS

_SECONDS = 3000
# Of a page: GitHub refuses longer comments.
_LONGEST = 50_000
_HEADS = {0: "nothing to change", DIFFERS: "something would change"}


def plan(environment: str) -> tuple[int, str]:
    """The status of the plan, and its page.

    Raises:
        Refusal: it was not done in time.
    """
    done = tried([sys.executable, "-m", "deploy.aws", "plan", environment, "--drift"], seconds=_SECONDS)
    head = _HEADS.get(done.returncode, "✗ not to be applied")
    text = "\n".join(each.strip() for each in (done.stdout, done.stderr) if each.strip())
    cut = "" if len(text) <= _LONGEST else "(the beginning is cut: the run has it all)\n"
    return done.returncode, f"### Terraform, {environment}: {head}\n\n```\n{cut}{text[-_LONGEST:]}\n```\n"


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.planned", description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    code, page = plan(asked.environment)
    asked.out.write_text(page, encoding="utf-8")
    telling.summary(page)
    if code not in _HEADS:
        sys.exit(code)
    telling.output("differs", "true" if code == DIFFERS else "false")


if __name__ == "__main__":
    main(_work)
