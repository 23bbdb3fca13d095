"""`python -m deploy.pipeline.deliver ENV DIGEST SERVICES`: brings services to an image, and tells how it ended.

What would change, then `python -m deploy.release deploy`: install, smoke test, watch of the objectives; what fails goes
back by itself, and nothing else is touched. SERVICES is a JSON list, as `make changes` prints it, or words. The result
stands on the run's page and in Slack."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections import deque
from collections.abc import Sequence

from deploy.pipeline import telling
from deploy.pipeline.program import main
from deploy.refusal import MISUSED, Refusal
from deploy.release.planned import names

_LAST_LINES = 60


def services(text: str) -> list[str]:
    """The services that are meant.

    Raises:
        Refusal: it is no list, or one of them is no service.
    """
    try:
        found = json.loads(text) if text.strip().startswith("[") else text.split()
    except ValueError as error:
        raise Refusal(f"SERVICES={text} is no JSON list: {error}", MISUSED) from error
    if unknown := [each for each in found if each not in names()]:
        raise Refusal(f"SERVICES={text}: {unknown[0]} is no service: give some of {', '.join(names())}.", MISUSED)
    return sorted(set(found))


def deliver(environment: str, digest: str, chosen: Sequence[str], minutes: float, arguments: Sequence[str]) -> int:
    """Deploy them; the status that it ended with."""
    if not chosen:
        telling.summary(f"Nothing is to be deployed to **{environment}**: no service changed.")
        return 0
    words = [environment, *(word for name in chosen for word in ("--service", name)), "--digest", digest]
    # What would change is for the reader of the log: whether it can be known says the deployment itself.
    common, only = _split(arguments)
    _run("diff", [*words, *common])
    code, last = _run("deploy", [*words, "--watch", str(minutes), *common, *only])
    _tell(environment, digest, chosen, code, last)
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


def _run(word: str, arguments: Sequence[str]) -> tuple[int, list[str]]:
    """Run a command of deploy.release, its output passed on as it comes; its status and its last lines."""
    command = [sys.executable, "-m", "deploy.release", word, *arguments]
    print(f"$ {shlex.join(['python', *command[1:]])}", flush=True)
    last: deque[str] = deque(maxlen=_LAST_LINES)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment) as process:
        assert process.stdout is not None  # noqa: S101 -- it is a pipe
        for line in process.stdout:
            print(line, end="", flush=True)
            last.append(line.rstrip())
    return process.returncode, list(last)


def _tell(environment: str, digest: str, chosen: Sequence[str], code: int, last: Sequence[str]) -> None:
    what = f"{', '.join(chosen)} of {environment}"
    if code == 0:
        telling.summary(f"✓ **{what}** run `{digest}`: installed, asked from outside, watched.")
        telling.slack(f"✓ {what}: {digest[:19]} {telling.run_url()}")
        return
    said = _why(last)
    telling.summary(
        f"✗ **{what}** do not run `{digest}`.\n\n```\n{said}\n```\n\nA version that runs and is bad: `rollback.yml`,"
        f" or `make rollback ENV={environment}`."
    )
    telling.slack(f"✗ {what}: {digest[:19]} failed. {said.splitlines()[0] if said else ''} {telling.run_url()}")


def _why(last: Sequence[str]) -> str:
    """From the last ✗ on that stands alone: the message that the command ended with."""
    begins = [number for number, line in enumerate(last) if line.startswith("✗")]
    return "\n".join(last[begins[-1] :] if begins else last).strip().removeprefix("✗ ")


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
