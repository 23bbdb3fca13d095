"""`rollback`: services back on the version that ran before, each by helm; what migrations did stays."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.charts.release import Release
from deploy.refusal import Refusal
from deploy.release.installed import Installed, Revision, good, of
from deploy.release.installing import Installer, NotInstalled


def former(revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision that once ran and is another than the one that runs: None where there is none.

    After a rollback it is the version that was left, so a second rollback goes forward again.
    """
    runs = good(revisions)
    if runs is None:
        return None
    older = [each for each in revisions if each.number < runs.number and each.status == "superseded"]
    return next((each for each in reversed(older) if each.content != runs.content), None)


def take_back(installer: Installer, releases: Sequence[Release], installed: Installed) -> None:
    """Each to its former revision; all that can are, also where one cannot.

    Raises:
        Refusal: of one of them nothing is known to go back to, or helm could not. Each is named.
    """
    failed = []
    for release in releases:
        revisions = installer.recovered(release, of(installed, release))
        runs, to = good(revisions), former(revisions)
        if runs is None or to is None:
            failed.append(f"{release.name}: there is no other version to go back to (helm keeps the last ten)")
            continue
        installer.terminal.say(f"  {release.name}: from {_named(runs)} to {_named(to)}")
        try:
            installer.roll_back(release, to.number)
        except NotInstalled as refused:
            failed.append(str(refused))
    if failed:
        raise Refusal("Not all went back:\n" + "\n".join(f"  {each}" for each in failed))


def _named(revision: Revision) -> str:
    digest = revision.values.get("image", {}).get("digest", "")
    return f"revision {revision.number} ({digest[:19]})"
