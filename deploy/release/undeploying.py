"""`undeploy`: releases in the reverse order of waves, what would stop `terraform destroy`, and what is left of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import yaml

from deploy.charts.release import Release
from deploy.refusal import FAILED, NOT_CONFIRMED, REFUSED, Refusal
from deploy.release.cluster import Cluster
from deploy.release.installed import Revision, installed, of
from deploy.release.leftovers import Leftovers
from deploy.release.planned import waves
from deploy.terminal import Terminal

# Releases of these and lower waves are, or make, the controllers that let go of what others hold.
_CONTROLLERS = 25
# Releases below this wave hold the namespaces, with the lease in one of them.
_NAMESPACES = 10
_SECONDS = 900


def leftovers(cluster: Cluster, terminal: Terminal, planned: Sequence[Release], *, dedicated: bool) -> Leftovers:
    """Those of the project. dedicated: the cluster is an environment's own, as Terraform's are."""
    there = installed(cluster)
    rendered = [each for release in planned for found in of(there, release)[-1:] for each in found.objects()]
    names = {each["metadata"]["name"] for each in rendered if each["kind"] == "Namespace"}
    names |= {release.namespace for release in planned} - {"kube-system", "default"}
    return Leftovers(cluster, terminal, None if dedicated else frozenset(names))


def ask(terminal: Terminal, rest: Leftovers, spelled: str, named: str | None) -> None:
    """Goes on when a person types the environment's name, or a pipeline has given it.

    Raises:
        Refusal: another name, or nobody is there.
    """
    if lost := rest.data():
        terminal.say(f"Data is lost with: {', '.join(lost)}", "red")
    if named is None:
        terminal.say(f"Type {spelled} to remove all that runs in it: ", "bold")
        named = sys.stdin.readline().strip()
        if not named:
            raise Refusal(f"There is nobody to ask: a pipeline passes --yes-undeploy {spelled}.", NOT_CONFIRMED)
    if named != spelled:
        raise Refusal(f"{named} is not {spelled}: nothing was removed.", REFUSED)


def undeploy(
    cluster: Cluster,
    terminal: Terminal,
    planned: Sequence[Release],
    rest: Leftovers | None = None,
    unlock: Callable[[], None] = lambda: None,
) -> None:
    """Remove the releases. rest: what they made and share, which goes too. unlock: lets the lease go.

    Raises:
        Refusal: something does not go, or is left.
    """
    spaces = None if rest else sorted({release.namespace for release in planned})
    there = installed(cluster, spaces)
    order, cleaned = list(reversed(waves(planned))), False
    for number, (wave, releases) in enumerate(order, 1):
        terminal.heading(number, len(order), f"wave {wave}: {', '.join(each.name for each in releases)}")
        if rest and wave <= _CONTROLLERS and not cleaned:
            rest.remove()
            cleaned = True
        if wave < _NAMESPACES:
            unlock()
        for release in releases:
            revisions = of(there, release)
            if rest and wave <= _CONTROLLERS and revisions:
                rest.remove_webhooks(revisions[-1])
            _remove(cluster, terminal, release, revisions)
    there = installed(cluster, spaces)
    remaining = [f"release {each.name}" for each in planned if of(there, each)]
    remaining += rest.left() if rest else []
    if remaining:
        listed = "\n".join(f"  {each}" for each in remaining)
        raise Refusal(f"This is left, and would stop a destroy or cost money after it:\n{listed}", FAILED)
    terminal.say("\nNothing is left that would stop a destroy." if rest else "\nRemoved.", "bold")


def _remove(cluster: Cluster, terminal: Terminal, release: Release, revisions: Sequence[Revision]) -> None:
    """The release, and what helm leaves of its hooks: what ran before an upgrade."""
    if not revisions:
        terminal.say(f"  {release.name}: is not there", "dim")
        return
    how = ["--ignore-not-found", "--wait", "--cascade", "foreground", "--timeout", f"{_SECONDS}s"]
    done = cluster.helm("uninstall", release.name, "--namespace", release.namespace, *how, seconds=2 * _SECONDS)
    if done.code != 0:
        raise Refusal(f"{release.name} does not go: {done.errors.strip()}\nThe same command goes on from here.")
    _remove_hooks(cluster, revisions)
    terminal.say(f"  {release.name}: removed", "green")


def _remove_hooks(cluster: Cluster, revisions: Sequence[Revision]) -> None:
    """Of all revisions: what an earlier one ran, a later one may not know."""
    texts = {hook for revision in revisions for hook in revision.hooks}
    objects = [each for text in sorted(texts) for each in yaml.safe_load_all(text) if each]
    for each in objects:
        each["metadata"].setdefault("namespace", revisions[-1].namespace)
    if objects:
        words = ["delete", "--filename", "-", "--ignore-not-found", "--wait", "--timeout", "60s"]
        cluster.kubectl(*words, stdin=yaml.safe_dump_all(objects), seconds=120)
