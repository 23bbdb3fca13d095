"""`python -m deploy.pipeline.deliver ENV DIGEST SERVICES`: brings services to an image, and tells how it ended.

What would change, then `python -m deploy.release deploy`: install, smoke test, watch of the objectives; what fails goes
back by itself, and nothing else is touched. SERVICES is a JSON list, as `make changes` prints it, words, or all. How it
ended stands on the run's page and in Slack.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import deque
from collections.abc import Sequence

from deploy.pipeline import telling
from deploy.pipeline.program import main
from deploy.pipeline.releasing import run, services, why


def deliver(environment: str, digest: str, chosen: Sequence[str], minutes: float, arguments: Sequence[str]) -> int:
    """Deploy them; the status that it ended with."""
    if not chosen:
        telling.summary(f"Nothing is to be deployed to **{environment}**: no service changed.")
        return 0
    words = [environment, *(word for name in chosen for word in ("--service", name)), "--digest", digest]
    # What would change is for the reader of the log: whether it can be known says the deployment itself.
    common, only = _split(arguments)
    run("diff", [*words, *common])
    code, last = run("deploy", [*words, "--watch", str(minutes), *common, *only])
    tested = [] if "--no-smoke" in only else ["asked from outside"]
    how = ["installed", *tested, *(["watched"] if minutes else [])]
    _tell(environment, digest, chosen, code, last, how)
    return code


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options that both commands know, and those of `deploy` alone."""
    known, common, only = {"--values", "--context", "--handover"}, list[str](), list[str]()
    words = deque(arguments)
    while words:
        word = words.popleft()
        value = [words.popleft()] if words and not words[0].startswith("--") else []
        (common if word.partition("=")[0] in known else only).extend([word, *value])
    return common, only


def _tell(
    environment: str, digest: str, chosen: Sequence[str], code: int, last: Sequence[str], how: Sequence[str]
) -> None:
    """On the page of the run and in Slack. how: what was done with the image, if all went well."""
    what = f"{', '.join(chosen)} of {environment}"
    image, short = (f"`{digest}`", digest[:19]) if digest else ("the image that ran", "the image that ran")
    if code == 0:
        telling.summary(f"✓ **{what}** run {image}: {', '.join(how)}.")
        telling.slack(f"✓ {what}: {short} {telling.run_url()}")
        return
    said = why(last)
    telling.summary(
        f"✗ **{what}** were not brought to {image}.\n\n```\n{said}\n```\n\nA version that runs and is bad:"
        f" `rollback.yml`, or `make rollback ENV={environment}`."
    )
    telling.slack(f"✗ {what}: {short} failed. {said.splitlines()[0] if said else ''} {telling.run_url()}")


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.deliver", description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("digest")
    parser.add_argument("services")
    parser.add_argument("--minutes", type=float, default=5, help="of the watch")
    parser.add_argument("--arguments", default="", help="more options of `python -m deploy.release deploy`, one text")
    asked = parser.parse_args()
    chosen = services(asked.services)
    sys.exit(deliver(asked.environment, asked.digest, chosen, asked.minutes, shlex.split(asked.arguments)))


if __name__ == "__main__":
    main(_work)
