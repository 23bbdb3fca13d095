"""`python -m deploy.pipeline.back ENV SERVICES`: services back on the version before, and tells how it ended."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from deploy.pipeline import telling
from deploy.pipeline.program import main
from deploy.pipeline.releasing import run, services, why
from deploy.refusal import MISUSED, Refusal


def back(environment: str, chosen: Sequence[str]) -> int:
    """Take them back; the status that it ended with.

    Raises:
        Refusal: none is named.
    """
    if not chosen:
        raise Refusal("SERVICES names no service: give some, or all.", MISUSED)
    code, last = run("rollback", [environment, *(word for name in chosen for word in ("--service", name))])
    what = f"{', '.join(chosen)} of {environment}"
    if code == 0:
        telling.summary(f"✓ **{what}** are back on the version before.")
        telling.slack(f"✓ {what}: taken back {telling.run_url()}")
    else:
        telling.summary(f"✗ **{what}** are not all back.\n\n```\n{why(last)}\n```")
        telling.slack(f"✗ {what}: not all taken back {telling.run_url()}")
    return code


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.back", description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("services")
    asked = parser.parse_args()
    sys.exit(back(asked.environment, services(asked.services)))


if __name__ == "__main__":
    main(_work)
