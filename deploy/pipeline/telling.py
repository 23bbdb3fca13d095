"""Where the pipeline tells what happened: the page of the run, the outputs of a step, Slack."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx

# A secret of the environment; without it Slack is left out.
SLACK = "SLACK_WEBHOOK_URL"
_SECONDS = 10.0


def summary(text: str) -> None:
    """Add Markdown to the page of the run; print it elsewhere."""
    if file := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(f"{text}\n")
    else:
        print(text)


def output(name: str, value: str) -> None:
    """Give a value to the steps and jobs behind; it is printed, too."""
    line = f"{name}={value}"
    if "\n" in line:
        raise ValueError(f"an output is one line: {line!r}")
    print(line)
    if file := os.environ.get("GITHUB_OUTPUT"):
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(f"{line}\n")


def slack(text: str) -> None:
    """Tell a channel. That Slack does not answer is said, and is no failure of a deployment."""
    if not (url := os.environ.get(SLACK)):
        return
    try:
        httpx.post(url, json={"text": text}, timeout=_SECONDS).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # the address is a secret: its text is not printed
        print(f"Slack was not told: {type(error).__name__}.", file=sys.stderr)


def run_url() -> str:
    """The page of this run; empty elsewhere."""
    server, repository, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
