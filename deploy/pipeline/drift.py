"""`python -m deploy.pipeline.drift ENV`: whether what is on AWS is what is written; one issue for an environment.

The issue is opened or brought up to date where anything would change, and closed where nothing would. A plan that fails
ends with its own status, and no issue is touched: nothing is known then.
"""

from __future__ import annotations

import argparse
import sys

from deploy.pipeline import telling
from deploy.pipeline.commands import tried
from deploy.pipeline.file_issue import close_issue, file_issue
from deploy.pipeline.program import main
from deploy.refusal import DIFFERS, REFUSED

LABEL = "drift"
_SECONDS = 3000


def look(environment: str) -> int:
    """Plan; the status to end with.

    Raises:
        Refusal: gh could not.
    """
    command = [sys.executable, "-m", "deploy.aws", "plan", environment, "--drift"]
    done = tried(command, seconds=_SECONDS)
    print(done.stdout, done.stderr, sep="\n")
    title = f"{environment} differs from what is written"
    if done.returncode == 0:
        close_issue(LABEL, title, "A plan finds nothing to change.")
    elif done.returncode in {DIFFERS, REFUSED}:
        then = f"`make aws-plan ENV={environment}` shows it. Write it down, or apply it away."
        number = file_issue(LABEL, title, f"{then}\n\n```\n{done.stdout}\n```")
        telling.summary(f"✗ {title}: #{number}")
    return done.returncode


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.drift", description=__doc__)
    parser.add_argument("environment")
    sys.exit(look(parser.parse_args().environment))


if __name__ == "__main__":
    main(_work)
