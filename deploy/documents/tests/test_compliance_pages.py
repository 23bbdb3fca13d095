"""docs/compliance: what its pages have people type is known to kubectl, AWS, chassis.ops and the mercat command."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from chassis.ops import cli
from deploy.charts import helm
from deploy.documents.tests.aws_models import complaint
from deploy.documents.tests.test_kubernetes_pages import calls, refused
from deploy.tests import pages
from mercat.cli.main import app

FOLDER = helm.ROOT / "docs" / "compliance"
PAGES = [FOLDER / f"{name}.md" for name in ("access-review", "breach", "calendar", "incidents")]
_FENCE = re.compile(r"^```sh[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`((?:aws|kubectl|\.venv/bin/mercat) [^`\n]+)`")


def typed(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    lines = [command for block in _FENCE.findall(text) for command in pages.commands(block)]
    return [*lines, *_SPAN.findall(_FENCE.sub("", text))]


COMMANDS = list(dict.fromkeys(command for page in PAGES for command in typed(page)))
AWS = [command for command in COMMANDS if command.startswith("aws ")]
KUBECTL = [call for command in COMMANDS for call in calls(command.partition(" -- ")[0]) if call[0] == "kubectl"]
OPERATIONS = [found[1] for command in COMMANDS if (found := re.match(r'operation \w+ "([^"]+)"', command))]
MERCAT = [command for command in COMMANDS if command.startswith(".venv/bin/mercat ")]
ID = "01890000-0000-7000-8000-000000000001"


@pytest.mark.parametrize("command", AWS, ids=lambda command: command[:60])
def test_aws_has_the_operation_and_its_options(command: str) -> None:
    assert complaint(command) == ""


@pytest.mark.parametrize("call", KUBECTL, ids=lambda call: " ".join(call[1])[:60])
def test_kubectl_knows_the_command(call: tuple[str, list[str]]) -> None:
    assert refused(*call) == ""


def test_chassis_ops_and_the_mercat_command_know_what_is_typed() -> None:
    assert len(OPERATIONS) >= 2
    assert len(MERCAT) >= 10
    for operation in OPERATIONS:
        cli.parser().parse_args(operation.replace("SESSION_ID", ID).split())
    for line in MERCAT:
        words = shlex.split(re.split(r" [|>] |;", line)[0])[1:]
        known: Any = typer.main.get_command(app)
        while words and words[0] in getattr(known, "commands", {}):
            known = known.commands[words.pop(0)]
        known.make_context("mercat", words)
