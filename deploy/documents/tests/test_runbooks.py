"""docs/runbooks: a page an alert, of one form; kubectl, helm and AWS know its commands, promtool its queries.

mercat/tests/test_stack_changes.py runs the commands for a laptop.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from chassis.ops import cli
from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.documents.tests.aws_models import complaint
from deploy.documents.tests.test_kubernetes_pages import PROGRAMS, calls, refused
from deploy.tests import pages

FOLDER = helm.ROOT / "docs" / "runbooks"
RULES = helm.ROOT / "deploy" / "observability" / "rules"
PROMTOOL = helm.ROOT / ".venv" / "monitoring" / "promtool"
INDEX = FOLDER / "README.md"
PAGES = tuple(path for path in sorted(FOLDER.glob("*.md")) if path != INDEX)
WORDS = FOLDER / "cluster.sh"
HEADINGS = [
    "What it says",
    "Whom it hurts",
    "First look",
    "Likely causes",
    "What to do",
    "How to know that it is over",
    "Afterwards",
]
# Alerts of features that Mercat does not have yet.
WAITS = {"AuditChainBroken", "RequestsShed", "RestoreDrillFailed"}
# A block is run against a laptop's store (`sh`), typed in a cluster, or needs what `mercat up --observe` starts.
BLOCKS = {"sh", "sh cluster", "sh observe", "promql"}
# Called in blocks for a cluster beside kubectl, helm, aws and make; the words of cluster.sh too.
OTHERS = {"curl", "openssl", "export", ".", "lines", "operation"}
# Metrics of other programs, by their first word.
FOREIGN = "pg|redis|traefik|node|container|probe|cnpg|up|process|kube|ALERTS"
_FENCE = re.compile(r"^```([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALLED = re.compile(r"\s*(?:\w+=)?(?:\$\()?((?:kubectl|make) .*?)(?: -- .*|\)?)$")
_GROUPED = re.compile(r'"[^"]*"|\{[^}]*\}|\b(?:by|on) \([^)]*\)')
_METRIC = re.compile(r"\b[a-zA-Z]+(?:_\w+)+\b(?! ?\()")


def blocks(info: str) -> Iterator[str]:
    """The blocks of one kind, in the order of the pages."""
    for path in (INDEX, *PAGES):
        yield from (block for kind, block in _FENCE.findall(path.read_text("utf-8")) if kind == info)


def typed(info: str) -> list[str]:
    """Each command of these blocks once."""
    return list(dict.fromkeys(command for block in blocks(info) for command in pages.commands(block)))


def in_words() -> list[str]:
    """The calls of kubectl in cluster.sh, each up to the program that it runs in a pod."""
    found = (_CALLED.match(line.split(" | ")[0]) for line in WORDS.read_text("utf-8").splitlines())
    return [match[1] for match in found if match]


@cache
def alerts() -> dict[str, str]:
    """The alerts of the rules, with the dashboard that each names."""
    groups = [group for path in RULES.glob("*.yaml") for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return {rule["alert"]: rule["annotations"]["dashboard"] for rule in rules}


CLUSTER = typed("sh cluster")
KUBECTL = list(dict.fromkeys((name, *words) for line in [*CLUSTER, *in_words()] for name, words in calls(line)))
AWS = [command for command in CLUSTER if command.startswith("aws ")]
QUERIES = [block.strip() for block in blocks("promql")]


def test_each_alert_has_its_page_in_the_index() -> None:
    names = [page.stem for page in PAGES]
    assert set(names) == alerts().keys() | WAITS
    table = INDEX.read_text("utf-8").partition("<!-- table")[2]
    assert sorted(re.findall(r"\[(\w+)\]\(\1\.md\)", table.partition("\n## ")[0])) == sorted(names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_one_form(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.splitlines()) <= 60
    assert {info for info, _ in _FENCE.findall(text)} <= BLOCKS
    dashboard = re.search(r"## First look\nDashboard: `(/d/[\w-]+)`", text)
    assert dashboard
    named = alerts().get(page.stem, dashboard[1]).replace("{{ $labels.service }}", "SERVICE")
    assert dashboard[1] == named


@pytest.mark.parametrize("call", KUBECTL, ids=lambda call: " ".join(call)[:60])
def test_kubectl_and_helm_know_the_command(call: tuple[str, ...]) -> None:
    assert refused(call[0], list(call[1:])) == ""


@pytest.mark.parametrize("command", AWS, ids=lambda command: command[:60])
def test_aws_has_the_operation_and_its_options(command: str) -> None:
    assert complaint(command) == ""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("aws rdss describe-events", "no service rdss"),
        ("aws rds describe-event", "rds has no describe-event"),
        ("aws rds describe-events --duratio 60", "describe-events takes no --duratio"),
        ("aws rds create-db-snapshot --db-snapshot-identifier a", "create-db-snapshot needs --db-instance-identifier"),
        ("aws rds wait db-snapshot-there", "rds has no waiter db-snapshot-there"),
    ],
)
def test_a_mistyped_command_of_aws_is_found(command: str, said: str) -> None:
    assert complaint(command) == said


def test_every_program_is_checked_or_known() -> None:
    called = {program for command in CLUSTER for program in pages.programs(command)}
    assert called <= {*PROGRAMS, "aws", "make", *OTHERS}
    for command in [*CLUSTER, *typed("sh observe")]:
        print(f"not run: {command}")


def test_chassis_ops_knows_the_operations() -> None:
    given = [words for command in CLUSTER for words in re.findall(r'(?:DO=|^operation \w+ )"([^"]+)"', command)]
    assert len(given) > 5
    for words in given:
        cli.parser().parse_args(words.split())


def test_promtool_reads_each_query(tmp_path: Path) -> None:
    if not PROMTOOL.exists():
        skip_without("promtool", f"{PROMTOOL} is not there: `make .venv/.monitoring-ready` brings it on Linux")
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(QUERIES)]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "runbooks", "rules": rules}]}), "utf-8")
    done = subprocess.run([PROMTOOL, "check", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(QUERIES)} rules found" in done.stdout


def test_each_query_asks_for_metrics_that_there_are() -> None:
    documented = set(
        re.findall(
            r"^\| `(\w+)` \|", (helm.ROOT / "docs" / "reference" / "metrics.md").read_text("utf-8"), re.MULTILINE
        )
    )
    asked = {name for query in QUERIES for name in _METRIC.findall(_GROUPED.sub("", query))}
    own = {name for name in asked if not re.match(rf"({FOREIGN})(_|$)", name)}
    assert len(own) > 20
    assert {name for name in own - documented if re.sub("_(bucket|sum|count)$", "", name) not in documented} == set()
