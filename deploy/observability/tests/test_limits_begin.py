"""Decisions of limits are counted from 0: a series that begins with its first refusal has no rate, and no alert."""

import ast
import re
import subprocess
import sys
from functools import cache

from deploy.observability.rules import compiled
from deploy.observability.rules.objectives import ROOT
from deploy.observability.tests import names

# Functions of the code whose first argument is the name of a limit.
_NAMING = {"rule", "limit", "begin", "_by_address", "_by_holder"}
_LIMIT = re.compile(r'limit(=~|=)"([^"]+)"')
# All modules are imported in a process of its own, in which no test has used a limit.
_LOADED = """
from tools import metrics_page
metrics_page.load()
from chassis.limits.limiter import DECISIONS
print(*(f"{limit}:{outcome}" for limit, outcome in DECISIONS._values))
"""


@cache
def begun():
    done = subprocess.run([sys.executable, "-c", _LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    return {tuple(each.split(":")) for each in done.stdout.split()}


def named():
    """The names of limits in the code, but those that a service's settings are checked with, and those of one process,
    whose refusals have counters of their own.
    """
    found = set()
    for path in [path for top in ("chassis", "services") for path in (ROOT / top).rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if "limit" in text and {"tests", "testing"}.isdisjoint(path.parts):
            found |= {name for node in ast.walk(ast.parse(text)) for name in _names(node)}
    return found - {"any", "reads", "api-key-lookups", "api-key-lookups-here"}


def _names(node):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMING:
        yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))


def test_every_limit_of_the_code_has_each_of_its_decisions_at_0_before_the_first_request():
    wanted = named()
    assert len(wanted) > 20
    outcomes = ("allowed", "refused", "allowed_locally", "refused_locally", "unchecked")
    assert {(name, outcome) for name in wanted for outcome in outcomes} - begun() == set()


def test_every_limit_that_an_alert_names_begins_at_0():
    limits = {limit for limit, _ in begun()}
    asked = {
        pattern
        for rule in names.rules(group for each in compiled.groups().values() for group in each)
        for _, patterns in _LIMIT.findall(rule["expr"])
        for pattern in patterns.split("|")
    }
    assert {"misses", "refresh", "login.*", "checkout.*"} <= asked
    assert {pattern for pattern in asked if not any(re.fullmatch(pattern, name) for name in limits)} == set()
