"""`undeploy`: releases in the reverse order of waves, what would stop `terraform destroy`, and what is left of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import yaml

from deploy.aws.refusal import FAILED, NOT_CONFIRMED, REFUSED, Refusal
from deploy.aws.terminal import Terminal
from deploy.charts.release import Release
from deploy.release import leftovers
from deploy.release.cluster import Cluster
from deploy.release.installed import Installed, Revision, installed
from deploy.release.planned import waves

# Releases of these and lower waves are, or make, the controllers that let go of what others hold.
_CONTROLLERS = 20
# Releases below this wave hold the namespaces, with the lease in one of them.
_NAMESPACES = 10


def ask(terminal: Terminal, cluster: Cluster, spelled: str, named: str | None) -> None:
    """Goes on when a person types the environment's name, or a pipeline has given it.

    Raises:
        Refusal: another name, or nobody is there.
    """
    if lost := leftovers.data(cluster):
        terminal.say(f"Data is lost with: {', '.join(lost)}", "red")
    if named is None:
        terminal.say(f"Type {spelled} to remove all that runs in it: ", "bold")
        named = sys.stdin.readline().strip()
        if not named:
            raise Refusal(f"There is nobody to ask: a pipeline passes --yes-undeploy {spelled}.", NOT_CONFIRMED)
    if named != spelled:
        raise Refusal(f"{named} is not {spelled}: nothing was removed.", REFUSED)


def undeploy(
    cluster: Cluster, terminal: Terminal, planned: Sequence[Release], *, whole: bool, unlock: Callable[[], None]
) -> None:
    """Remove the releases. whole: also what they made, and what they share. unlock: lets the lease go.

    Raises:
        Refusal: something does not go, or is left.
    """
    there = installed(cluster, None if whole else sorted({release.namespace for release in planned}))
    order, cleaned = list(reversed(waves(planned))), False
    for number, (wave, releases) in enumerate(order, 1):
        terminal.heading(number, len(order), f"wave {wave}: {', '.join(each.name for each in releases)}")
        if whole and wave <= _CONTROLLERS and not cleaned:
            leftovers.remove(cluster, terminal)
            cleaned = True
        if wave < _NAMESPACES:
            unlock()
        for release in releases:
            _remove(cluster, terminal, release, there)
    remaining = [f"release {name}" for name in _still(cluster, planned, whole=whole)]
    remaining += leftovers.left(cluster) if whole else []
    if remaining:
        listed = "\n".join(f"  {each}" for each in remaining)
        raise Refusal(f"This is left, and would stop a destroy or cost money after it:\n{listed}", FAILED)
    terminal.say("\nNothing is left that would stop a destroy." if whole else "\nRemoved.", "bold")


def _remove(cluster: Cluster, terminal: Terminal, release: Release, there: Installed) -> None:
    """The release, and what helm leaves of its hooks: what ran before an upgrade."""
    revisions = there.get(release.name, [])
    if not revisions:
        terminal.say(f"  {release.name}: is not there", "dim")
        return
    leftovers.remove_webhooks(cluster, revisions[-1])
    where = ["--namespace", release.namespace]
    words = [
        "uninstall",
        release.name,
        *where,
        "--ignore-not-found",
        "--wait",
        "--cascade",
        "foreground",
        "--timeout",
        "15m",
    ]
    done = cluster.helm(*words, seconds=1800)
    if done.code != 0:
        raise Refusal(
            f"{release.name} does not go: {done.errors.strip()}\nRun the command again: it goes on from here."
        )
    _remove_hooks(cluster, revisions)
    terminal.say(f"  {release.name}: removed", "green")


def _remove_hooks(cluster: Cluster, revisions: Sequence[Revision]) -> None:
    """Of all revisions: what an earlier one ran, a later one may not know."""
    texts = {hook for revision in revisions for hook in revision.hooks}
    objects = [each for text in sorted(texts) for each in yaml.safe_load_all(text) if each]
    for each in objects:
        each["metadata"].setdefault("namespace", revisions[-1].namespace)
    if objects:
        documents = yaml.safe_dump_all(objects)
        cluster.kubectl(
            "delete",
            "--filename",
            "-",
            "--ignore-not-found",
            "--wait",
            "--timeout",
            "60s",
            stdin=documents,
            seconds=120,
        )


def _still(cluster: Cluster, planned: Sequence[Release], *, whole: bool) -> list[str]:
    names = {release.name for release in planned}
    found = installed(cluster, None if whole else sorted({release.namespace for release in planned}))
    return sorted(names & set(found))
