"""docs/kubernetes: its generated parts are those of the charts, and its commands are ones that the programs know."""

from __future__ import annotations

import re
import shlex
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.documents import kubernetes
from deploy.release.cli import app
from deploy.tests import pages

PROGRAMS = {"kubectl": helm.OWN.with_name("kubectl"), "helm": helm.OWN}
# Not run here, as none of them is: they are typed on the machine of whoever tries it.
ELSEWHERE = {"docker", "kind", "aws", "sudo", "systemctl", "tee", "cut", "sed", "uname", "mkdir", "echo", "sh"}
_SPAN = re.compile(r"`((?:kubectl|helm|python -m|\.venv/bin/python -m) [^`\n]+)`")
_MODULE = re.compile(r"python -m ([\w.]+)")
_SCRIPT = re.compile(r"\bsh (deploy/\S+)")


def typed(page: Path) -> list[str]:
    """The commands of a page: lines of its blocks, and spans in its text and tables."""
    lines = [command for block in pages.blocks(page) for command in block]
    return [*lines, *_SPAN.findall(page.read_text(encoding="utf-8"))]


def calls(command: str) -> list[tuple[str, list[str]]]:
    """What a command asks of kubectl and helm: (program, words), the words up to `--`."""
    tokens = shlex.shlex(command, posix=True, punctuation_chars=True)
    tokens.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in tokens:
        if set(word) <= set("&|;()<>"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [
        (words[0], words[1 : words.index("--")] if "--" in words else words[1:])
        for words in parts
        if words and words[0] in PROGRAMS
    ]


def refused(program: str, words: list[str]) -> str:
    """What the program says against verb and flags: it reads both before it shows its help."""
    path = PROGRAMS[program]
    if not path.exists():
        skip_without(program, f"{path} is not there: `make .venv/.kubernetes-ready` brings it on Linux")
    done = subprocess.run(
        [path, *words, "--help"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return done.stderr.strip() if done.returncode else ""


CALLS = [call for page in kubernetes.PAGES for command in typed(page) for call in calls(command)]


@pytest.mark.usefixtures("needs_helm")
def test_the_generated_parts_are_those_of_the_charts() -> None:
    assert kubernetes.stale().keys() == set(), "python -m deploy.documents.kubernetes --write"


@pytest.mark.parametrize(("program", "words"), CALLS, ids=[" ".join([name, *words])[:60] for name, words in CALLS])
def test_kubectl_and_helm_know_the_command(program: str, words: list[str]) -> None:
    assert refused(program, words) == ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("kubectl gett pods", 'unknown command "gett"'),
        ("kubectl get pods --everywhere", "unknown flag: --everywhere"),
        ("true && helm upgrade a b --reuse-value", "unknown flag: --reuse-value"),
    ],
)
def test_a_mistyped_command_is_found(command: str, said: str) -> None:
    ((program, words),) = calls(command)
    assert said in refused(program, words)


@pytest.mark.parametrize("page", kubernetes.PAGES, ids=lambda page: page.name)
def test_modules_and_scripts_that_a_command_names_are_there(page: Path) -> None:
    text = "\n".join(typed(page))
    assert [module for module in _MODULE.findall(text) if find_spec(module) is None] == []
    assert [script for script in _SCRIPT.findall(text) if not (helm.ROOT / script).is_file()] == []
    programs = {program for command in typed(page) for program in pages.programs(command)}
    assert programs <= {*PROGRAMS, *ELSEWHERE, "make", "python", ".venv/bin/python", "base", "export"}


def test_the_commands_that_deploy_know_their_options() -> None:
    lines = [command for page in kubernetes.PAGES for command in typed(page) if "ARGS=" in command]
    asked = {
        (word, option)
        for command in lines
        for word, given in re.findall(r'make (deploy|diff|status|undeploy) [^`\n]*?ARGS="([^"]*)"', command)
        for option in re.findall(r"--[\w-]+", given)
    }
    assert ("deploy", "--context") in asked
    helps = {word: CliRunner().invoke(app, [word, "--help"]).output for word, _ in asked}
    assert {(word, option) for word, option in asked if option not in helps[word]} == set()


def test_a_store_on_kind_takes_ten_lines_and_its_ports_are_the_edges() -> None:
    text = kubernetes.PAGES[0].read_text(encoding="utf-8")
    block = re.search(r"## On kind.*?```sh\n(.*?)```", text, re.DOTALL)
    assert block
    assert len(block[1].splitlines()) == 10
    nodes = yaml.safe_load((kubernetes.PAGES[0].parent / "kind.yaml").read_text(encoding="utf-8"))["nodes"]
    (mapping,) = nodes[0]["extraPortMappings"]
    assert f"https://shop.cluster.example:{mapping['hostPort']}/" in text
    settings = yaml.safe_load((helm.ENVIRONMENTS / "cluster.yaml").read_text(encoding="utf-8"))
    assert f" {settings['image']['repository']} " in block[1]
    assert settings["edge"]["hosts"] == ["shop.cluster.example"]
