"""`python -m deploy.pipeline.drift ENV`: whether what is on AWS is what is written; one issue for an environment.

The issue is opened or brought up to date where anything would change or a rule is broken, and closed where nothing is.
A plan that fails ends with its own status, and no issue is touched: nothing is known then.
"""

from __future__ import annotations

import argparse
import sys

from deploy.pipeline.file_issue import close_issue, file_issue
from deploy.pipeline.planned import plan
from deploy.pipeline.program import main
from deploy.refusal import DIFFERS, REFUSED

LABEL = "drift"


def look(environment: str) -> int:
    """Plan; the status to end with.

    Raises:
        Refusal: gh could not, or the plan was not done in time.
    """
    code, page = plan(environment)
    print(page)
    title = f"{environment} differs from what is written"
    if code == 0:
        close_issue(LABEL, title, "A plan finds nothing to change.")
    elif code in {DIFFERS, REFUSED}:
        then = f"`make aws-plan ENV={environment}` shows it. Write it down, or apply it away."
        print(f"{title}: #{file_issue(LABEL, title, f'{then}{chr(10) * 2}{page}')}")
    return code


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.drift", description=__doc__)
    parser.add_argument("environment")
    sys.exit(look(parser.parse_args().environment))


if __name__ == "__main__":
    main(_work)
