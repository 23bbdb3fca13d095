"""Installs one release, or brings it to its next revision, and finishes first what a killed deploy left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from deploy.charts.release import Release
from deploy.refusal import Refusal
from deploy.release.cluster import Cluster, ClusterRefused, Object
from deploy.release.installed import Revision, good, installed, of, read
from deploy.release.processes import Done
from deploy.release.troubles import Troubles
from deploy.terminal import Terminal

# Of helm: it waits so long for each hook, for the new pods, and for the old ones after a rollback.
_WAITS = 6
# A controller is ready before the API knows the certificate of its webhook, as cert-manager's on a first day.
_NO_WEBHOOK = ("failed calling webhook", "conversion webhook for")
_WEBHOOK_SECONDS = 120.0
# What an operator set by hand, such as the least replicas, is a conflict of owners for the API: git wins.
_OVER_OTHERS = ("--force-conflicts",)


class NotInstalled(Refusal):
    """A release ended on its old revision, or is not known to have ended."""


@dataclass(frozen=True)
class Change:
    """A release that has a new revision. before: the number of the one that ran; None: it is new."""

    release: Release
    before: int | None


@dataclass(frozen=True)
class Installer:
    """place: a folder nobody else may read. seconds: helm waits so long for a part. every: between progress lines."""

    cluster: Cluster
    terminal: Terminal
    place: Path
    seconds: int = 600
    every: float = 5.0

    def install(self, release: Release, revisions: Sequence[Revision]) -> Change | None:
        """The change, or None where nothing differs.

        Raises:
            NotInstalled: it is as before, or not known to have ended; the message says why.
        """
        revisions = self.recovered(release, revisions)
        self._define(release)
        runs = good(revisions)
        if runs is not None and runs is revisions[-1] and self._is_there(release, runs):
            self.terminal.say(f"  {release.name}: nothing to change (revision {runs.number})", "dim")
            return None
        troubles = Troubles(self.cluster, self.terminal, release)
        words = [
            "upgrade",
            "--install",
            *self.words(release),
            "--skip-crds",
            *_OVER_OTHERS,
            "--wait",
            "--wait-for-jobs",
            "--timeout",
            f"{self.seconds}s",
        ]
        # The first revision has none to go back to. Removed, it would take its pods from whoever looks for the cause.
        words += ["--rollback-on-failure"] if runs is not None else []
        done = self._upgraded(words, troubles)
        if done.code == 0:
            self.terminal.say(f"  {release.name}: {'changed' if runs else 'installed'}", "green")
            return Change(release, runs.number if runs else None)
        raise NotInstalled(self._why(release, runs, done.code, done.errors, troubles))

    def _upgraded(self, words: Sequence[str], troubles: Troubles) -> Done:
        """What helm answers, once no webhook of a controller that has just started is missing, or never was in time."""
        deadline = time.monotonic() + _WEBHOOK_SECONDS
        while True:
            done = self.cluster.helm(*words, seconds=self.seconds * _WAITS, every=self.every, meanwhile=troubles.look)
            missing = done.code is not None and any(sign in done.errors for sign in _NO_WEBHOOK)
            if not missing or done.code == 0 or time.monotonic() > deadline:
                return done
            self.terminal.say(f"  … {troubles.release.name}: a webhook does not answer yet, asking again", "dim")
            time.sleep(self.every)  # between two tries

    def recovered(self, release: Release, revisions: Sequence[Revision]) -> Sequence[Revision]:
        """The revisions, once the last is no half done one. Only who holds the lease may call this."""
        if not revisions or not (revisions[-1].pending or revisions[-1].status == "uninstalling"):
            return revisions
        last, runs = revisions[-1], good(revisions)
        self.terminal.say(
            f"  {release.name}: revision {last.number} is {last.status}: its deploy was ended half-way", "yellow"
        )
        if last.status == "uninstalling":
            self._helm("uninstall", release.name, "--namespace", release.namespace, "--wait")
        elif runs is not None:
            self.roll_back(release, runs.number)
        else:
            # There is nothing to go back to. What is there of it is taken over by the next install.
            self.cluster.kubectl("delete", "secret", last.secret, "--namespace", release.namespace)
        return of(installed(self.cluster, [release.namespace]), release)

    def roll_back(self, release: Release, number: int) -> None:
        """Back to a revision, waiting until it is healthy.

        Raises:
            NotInstalled: helm could not.
        """
        words = ["--namespace", release.namespace, *_OVER_OTHERS, "--wait", "--timeout", f"{self.seconds}s"]
        self._helm("rollback", release.name, str(number), *words)
        self.terminal.say(f"  {release.name}: back on revision {number}", "yellow")

    def rendered(self, release: Release) -> Revision:
        """What an upgrade would install, as the cluster's helm makes it.

        Raises:
            NotInstalled: the values are wrong, or the chart cannot be had.
        """
        return read(
            json.loads(self._helm("upgrade", "--install", *self.words(release), "--dry-run=server", "--output", "json"))
        )

    def templated(self, release: Release) -> list[Object]:
        """The objects of a release that is not there, made without asking the cluster.

        Raises:
            NotInstalled: as `rendered`.
        """
        return [each for each in yaml.safe_load_all(self._helm("template", *self.words(release))) if each]

    def words(self, release: Release) -> list[str]:
        """Name, chart, namespace and values, as helm takes them."""
        # debt(secrets-in-values): helm keeps the values, with the secrets among them, in the release's Secret.
        values = self.place / f"{release.namespace}-{release.name}.yaml"
        values.write_text(yaml.safe_dump(dict(release.values)), encoding="utf-8")
        files = [word for file in (*release.files, values) for word in ("--values", str(file))]
        return [
            release.name,
            *chart(release),
            "--namespace",
            release.namespace,
            *files,
        ]

    def _is_there(self, release: Release, runs: Revision) -> bool:
        """Whether an upgrade would make nothing else, and nobody deleted what the last one made."""
        if self.rendered(release).content != runs.content:
            return False
        made = replace(runs, hooks=()).objects()
        words = ["--filename", "-", "--ignore-not-found", "--output", "name"]
        try:
            found = self.cluster.kubectl("get", *words, stdin=yaml.safe_dump_all(made)).split() if made else []
        except ClusterRefused:  # the definition of a kind is gone, too
            return False
        return len(found) == len(made)

    def _define(self, release: Release) -> None:
        """Apply the definitions in the chart's folder crds/, which helm would install once and never change."""
        if isinstance(release.chart, Path):
            return
        if definitions := self._helm("show", "crds", *chart(release)).strip():
            self.cluster.kubectl("apply", "--server-side", "--force-conflicts", "--filename", "-", stdin=definitions)
            self.cluster.kubectl(
                "wait", "--for=condition=Established", "--timeout=60s", "--filename", "-", stdin=definitions, seconds=90
            )

    def _helm(self, *words: str) -> str:
        done = self.cluster.helm(*words, seconds=self.seconds * 2)
        if done.code != 0:
            raise NotInstalled(f"helm {' '.join(words[:2])}: {done.errors.strip()}")
        return done.output

    def _why(self, release: Release, runs: Revision | None, code: int | None, errors: str, troubles: Troubles) -> str:
        """What happened, where the release stands, and what to do."""
        lines = [f"{release.name}: {' '.join(errors.rpartition('Error: ')[2].split())}"]
        if code is None:
            return f"{lines[0]}\n  helm was ended before it was done: the same command finishes what is half done"
        lines += troubles.seen()
        now = good(of(installed(self.cluster, [release.namespace]), release))
        if now is None:
            lines.append(
                "it is new, so there is no version to go back to: mend what is wrong, and run the command again"
            )
        elif runs is not None and now.content == runs.content:
            lines.append(f"it is back on what ran before, revision {runs.number} (now called {now.number})")
        else:
            lines.append(f"the rollback failed too: `helm rollback {release.name} --namespace {release.namespace}`")
        return "\n  ".join(lines)


def chart(release: Release) -> list[str]:
    """The chart as helm takes it: a folder, an address, or a name in a repository."""
    where = str(release.chart)
    if isinstance(release.chart, Path):
        return [where]
    version = ["--version", release.version] if release.version else []
    return [where, *version] if where.startswith("oci://") else [release.name, "--repo", where, *version]
