"""The watch after a deployment: for some minutes Prometheus is asked whether shoppers are worse off than before.

What was wrong before is no reason to go back: a version that mends an incident could else never be installed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.charts.release import Release
from deploy.refusal import Refusal
from deploy.release import planned, prometheus
from deploy.release.cluster import Cluster
from deploy.release.prometheus import NoAnswer, Sample, ask
from deploy.terminal import Terminal

# How many times faster than the objective allows: that of the page of an hour (deploy/observability/rules/burn.py).
BURN = 14.4
# The part of a service's own answers that are 5xx.
FAILING = 0.02
# Fewer failures in the window say nothing: with few shoppers a single one would be an outage.
LEAST = 5
# So much worse than before counts.
_WORSE = 1.5
_EVERY = 15.0
# Prometheus may be silent for so long, for instance while it moves to another node.
_SILENT = 60.0

_OBJECTIVES = "count(slo:budget)"
_PAGES = 'ALERTS{alertstate="firing",severity="page"}'
_BURNS = (
    f"(slo:error_ratio:rate5m / on (slo) group_left () slo:budget) and on (slo) (slo:errors:rate5m * 300 >= {LEAST})"
)
_ANSWERS = 'sum by (service) (rate(http_server_request_duration_seconds_count{{service=~"{services}"{more}}}[2m]))'
_5XX = ',http_response_status_code=~"5.."'
_VERSIONS = 'count by (service, version) (mercat_build_info{{service=~"{services}"}})'


class Worse(Refusal):
    """Shoppers are worse off, or it cannot be seen that they are not."""


@dataclass(frozen=True)
class Figures:
    """pages: that fire. burns: by objective. failing: the part of 5xx, by service. runs: service and version."""

    pages: frozenset[str] = frozenset()
    burns: Mapping[str, float] = field(default_factory=dict)
    failing: Mapping[str, float] = field(default_factory=dict)
    runs: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Watch:
    """One that has begun. versions: by service, as its pods tell Prometheus. seconds 0: nothing is watched."""

    cluster: Cluster
    terminal: Terminal
    url: str
    versions: Mapping[str, str]
    seconds: float
    before: Figures
    every: float = _EVERY
    silent: float = _SILENT


def begun(
    cluster: Cluster, terminal: Terminal, releases: Sequence[Release], minutes: float, url: str = "", **how: float
) -> Watch:
    """Look how it is before anything is changed. how: every and silent of Watch.

    Raises:
        Refusal: Prometheus cannot be asked, or knows no objectives.
    """
    digests = {each.name: each.values["image"]["digest"] for each in releases if each.name in planned.names()}
    versions = {name: digest.removeprefix("sha256:")[:12] for name, digest in digests.items()}
    if not minutes:
        return Watch(cluster, terminal, url, versions, 0, Figures())
    try:
        with prometheus.address(cluster, url) as at:
            objectives, before = ask(at, _OBJECTIVES), figures(at, versions)
    except NoAnswer as silent:
        raise Refusal(
            f"Nothing was changed, as the deployment could not be watched: {silent}. --watch 0 deploys without a look."
        ) from silent
    if not objectives:
        raise Refusal("Nothing was changed: Prometheus has no objectives (slo:budget), so nothing could be watched.")
    return Watch(cluster, terminal, url, versions, minutes * 60, before, **how)


def figures(at: str, services: Sequence[str] | Mapping[str, str]) -> Figures:
    """How it is now.

    Raises:
        NoAnswer: as `ask`.
    """
    names = "|".join(sorted(services))
    failed, all_ = (_ANSWERS.format(services=names, more=more) for more in (_5XX, ""))
    runs = ask(at, _VERSIONS.format(services=names))
    return Figures(
        pages=frozenset(_called(each) for each in ask(at, _PAGES)),
        burns={each.labels["slo"]: each.value for each in ask(at, _BURNS)},
        failing={each.labels["service"]: each.value for each in ask(at, f"({failed} >= {LEAST} / 120) / {all_}")},
        runs=frozenset((each.labels["service"], each.labels["version"]) for each in runs),
    )


def troubles(before: Figures, now: Figures) -> list[str]:
    """What is worse than before, a sentence each."""
    found = [f"the page {name} fires" for name in sorted(now.pages - before.pages)]
    found += [
        f"the objective {slo} burns {burn:.0f} times faster than it may, {before.burns.get(slo, 0):.0f} before"
        for slo, burn in sorted(now.burns.items())
        if burn > max(BURN, before.burns.get(slo, 0) * _WORSE)
    ]
    found += [
        f"{part:.1%} of {service}'s answers are 5xx, {before.failing.get(service, 0):.1%} before"
        for service, part in sorted(now.failing.items())
        if part > max(FAILING, before.failing.get(service, 0) * _WORSE)
    ]
    return found


def watch(begun: Watch) -> None:
    """Look again and again until the time is over.

    Raises:
        Worse: at once when shoppers are worse off; or Prometheus was silent, or never saw the new version.
    """
    if not begun.seconds:
        return
    begun.terminal.say(f"\nWatch for {begun.seconds / 60:g} minutes", "bold")
    answered = time.monotonic()
    deadline, now = answered + begun.seconds, Figures()
    while True:
        try:
            with prometheus.address(begun.cluster, begun.url) as at:
                now = figures(at, begun.versions)
            answered = time.monotonic()
        except NoAnswer as silent:
            if time.monotonic() - answered > begun.silent or time.monotonic() > deadline:
                raise Worse(f"The watch failed: nobody can see how shoppers fare. {silent}") from silent
        if found := troubles(begun.before, now):
            raise Worse(f"The watch failed: {'; '.join(found)}")
        if time.monotonic() > deadline:
            break
        time.sleep(min(begun.every, max(deadline - time.monotonic(), 0.1)))  # figures change with time alone
    unseen = sorted(name for name, version in begun.versions.items() if (name, version) not in now.runs)
    if unseen:
        raise Worse(f"The watch failed: Prometheus has not seen the new version of {', '.join(unseen)}.")
    begun.terminal.say("  ✓ no page, no objective that burns, the new version is seen", "green")


def _called(alert: Sample) -> str:
    """Its name, and what it is about; not the pod, which another version has another of."""
    labels = [alert.labels[name] for name in ("slo", "service", "job") if alert.labels.get(name)]
    return " of ".join([alert.labels.get("alertname", "?"), *labels[:1]])
