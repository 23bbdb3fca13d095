"""The numbers in "What it says" of a runbook are those of its alert's rules, and what a rule waits for is quoted.

What stands before "(ticket)" or "(page)" is of that severity; what stands before neither may be of both.
"""

import re

import pytest
import yaml

from chassis.inbox import dead_letters
from chassis.worker import worker
from deploy.observability.rules import alerts, compiled
from deploy.observability.rules.objectives import ROOT
from deploy.observability.tests import names

RULES = [rule for rule in names.rules(g for each in compiled.groups().values() for g in each) if "alert" in rule]
SOURCES = {
    each["alert"]: each
    for path in alerts.SOURCES.glob("*.yaml")
    for each in yaml.safe_load(path.read_text("utf-8")).get("alerts", [])
}
PAGES = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs" / "runbooks").glob("[A-Z]*.md")}
# Numbers of a page that are no rule's, with what they are.
OTHERS: dict[str, dict[float, str]] = {
    "DeadLetters": {dead_letters.TRIES: "tries of an event"},
    "ErrorBudgetBurn": {30 * 86400: "the time of a budget"},
    "JobsHeld": {worker.TRIES: "tries of a job"},
    "PaymentsUnsettled": {300: "what payments_unknown means, docs/reference/metrics.md"},
    "TransactionIdsAged": {2e9: "where PostgreSQL takes no more writes"},
    "WalArchiveOld": {300: "archive_timeout"},
}
_UNITS = {"ms": 0.001, "s": 1, "second": 1, "min": 60, "minute": 60, "m": 60, "h": 3600, "hour": 3600, "d": 86400}
_UNITS |= {"day": 86400, "%": 0.01, "million": 1e6, "GB": 1e9}
_SECTION = re.compile(r"## What it says\n(.*?)\n## ", re.DOTALL)
# Statuses, names in code, and what links lead to.
_LEFT_OUT = re.compile(r"\(4\d\d\b|\b5xx\b|\b99th\b|`[^`]*`|\]\([^)]*\)")
_UNIT = r"%|(?:ms|GB|million|seconds?|minutes?|hours?|days?|min|[smhd])\b"
_NUMBER = re.compile(rf"(?<![\w.])(an?|\d[\d,]*(?:\.\d+)?)(?: ?({_UNIT}))?")
_DURATION = re.compile(r"(?<![a-z])(?:rate)?(\d+)([smhd])\b")
_LITERAL = re.compile(r"(?<![\w.:])\d+(?:\.\d+)?(?:e\d+)?(?![\w.:])")


def quoted(text):
    """The numbers of a text, in seconds, ratios and pieces."""
    for number, unit in _NUMBER.findall(_LEFT_OUT.sub(" ", text)):
        if number in {"a", "an"}:
            if unit.rstrip("s") in {"second", "minute", "hour", "day"}:
                yield float(_UNITS[unit.rstrip("s")])
        else:
            singular = unit if unit in _UNITS else unit.rstrip("s")
            yield round(float(number.replace(",", "")) * _UNITS.get(singular, 1), 6)


def said(rule):
    """The numbers of a rule: those of its expression, its ranges and windows, and for how long it must hold."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}', " ", rule["expr"])
    durations = _DURATION.findall(f"{bare} {rule.get('for', '')} {rule['labels'].get('windows', '').replace('/', ' ')}")
    found = {float(number) * _UNITS[unit] for number, unit in durations}
    return found | {float(each) for each in _LITERAL.findall(_DURATION.sub(" ", bare))}


def parts(text):
    """The numbers of a page by severity; those of neither under an empty name."""
    found: dict[str, set[float]] = {"ticket": set(), "page": set(), "": set()}
    rest = text
    while marked := re.search(r"\((ticket|page)\)", rest):
        found[marked[1]] |= set(quoted(rest[: marked.start()]))
        rest = rest[marked.end() :]
    found[""] |= set(quoted(rest))
    return found


def complaints(alert, text, rules):
    """What a page quotes and no rule says, and what a rule waits for and the page does not quote."""
    by_severity: dict[str, set[float]] = {}
    for rule in rules:
        by_severity.setdefault(rule["labels"]["severity"], set()).update(said(rule))
    by_severity[""] = set().union(*by_severity.values())
    page = parts(text)
    # A number of pieces or states, "1 is a ticket", is in no expression that says > 0.
    known = {0.0, 1.0, *OTHERS.get(alert, {})}
    found = []
    for severity, numbers in page.items():
        strange = numbers - known - by_severity.get(severity, set())
        found += [f"{number:g} is no number of the {severity or 'rules'}" for number in sorted(strange)]
    for rule in rules:
        severity = rule["labels"]["severity"]
        wanted = {float(a) * _UNITS[unit] for a, unit in _DURATION.findall(rule.get("for", ""))}
        above = SOURCES.get(alert, {}).get(severity, {}).get("above")
        wanted |= set() if above is None else {float(above)}
        found += [f"{n:g} of the {severity} is not quoted" for n in wanted - page[severity] - page[""]]
    return found


def of(alert):
    return [rule for rule in RULES if rule["alert"] == alert]


def section(alert):
    return _SECTION.findall(PAGES[alert])[0]


@pytest.mark.parametrize("alert", sorted({rule["alert"] for rule in RULES}))
def test_a_runbook_quotes_the_numbers_of_its_rules(alert):
    assert complaints(alert, section(alert), of(alert)) == []


@pytest.mark.parametrize(
    ("alert", "right", "wrong", "complaint"),
    [
        ("FeedLag", "30 s", "45 s", "45 is no number of the ticket"),
        ("FeedLag", "(ticket)", "(page)", "30 is no number of the page"),
        ("EdgeErrors", "10 %", "5 %", "0.05 is no number of the page"),
        ("EdgeErrors", "10 %", "many", "0.1 of the page is not quoted"),
        ("TargetDown", "2 minutes", "3 minutes", "120 of the page is not quoted"),
        ("TransactionIdsAged", "500 million", "50 million", "5e+07 is no number of the ticket"),
    ],
)
def test_another_number_is_found(alert, right, wrong, complaint):
    text = section(alert)
    assert right in text
    assert complaint in complaints(alert, text.replace(right, wrong, 1), of(alert))
