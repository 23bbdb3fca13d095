"""`deploy`: wave after wave, then the smoke test; what fails takes all that this run changed back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from deploy.charts.release import Release
from deploy.refusal import INTERRUPTED, Refusal
from deploy.release.installed import Installed, of
from deploy.release.installing import Change, Installer, NotInstalled
from deploy.release.planned import waves
from deploy.release.smoke import Smoke

AT_ONCE = 4


def refuse_wrong(installer: Installer, planned: Sequence[Release]) -> None:
    """Make the objects of our own charts, before anything is changed.

    Raises:
        Refusal: their values are wrong, or secrets are missing.
    """
    for release in planned:
        if isinstance(release.chart, Path):
            try:
                installer.templated(release)
            except NotInstalled as wrong:
                raise Refusal(f"Nothing was changed, as the values of {release.name} are wrong: {wrong}") from wrong


def deploy(
    installer: Installer, planned: Sequence[Release], installed: Installed, smoke: Callable[[], None]
) -> list[Change]:
    """The releases that changed.

    Raises:
        Refusal: something failed. All that changed is back on what ran before, but for what the message names.
    """
    changes: list[Change] = []
    try:
        for number, (wave, releases) in enumerate(found := waves(planned), 1):
            installer.terminal.heading(number, len(found), f"wave {wave}: {', '.join(each.name for each in releases)}")
            _wave(installer, releases, installed, changes)
        installer.terminal.say("\nSmoke test", "bold")
        smoke()
    except KeyboardInterrupt:
        raise Refusal("Interrupted. What had begun was waited for; the same command goes on.", INTERRUPTED) from None
    except Refusal as failed:
        what = "The smoke test failed: " if isinstance(failed, Smoke) else ""
        raise Refusal(f"{what}{failed}\n{back(installer, changes)}") from failed
    return changes


def _wave(installer: Installer, releases: Sequence[Release], installed: Installed, changes: list[Change]) -> None:
    """All of a wave, a few at a time; what has begun is waited for, also where another failed."""
    failures = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(installer.install, release, of(installed, release)) for release in releases]
        try:
            for future in as_completed(begun):
                try:
                    changes += filter(None, [future.result()])
                except Refusal as failed:
                    installer.terminal.say(f"  ✗ {failed}", "red")
                    failures.append(str(failed).splitlines()[0])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # the block waits for what has begun
            raise
    if failures:
        raise NotInstalled("\n".join(failures))


def back(installer: Installer, changes: Sequence[Change]) -> str:
    """Take the changes back, the last first; a sentence on each that could not be."""
    said = []
    for change in reversed(changes):
        name = change.release.name
        if change.before is None:
            said.append(f"{name} is new and stays: there is no version of it to go back to.")
            continue
        try:
            installer.roll_back(change.release, change.before)
        except Refusal as failed:
            said.append(f"{name} could not be taken back to revision {change.before}: {failed}")
    if not said:
        return "Everything is as it was before." if changes else "Nothing else was changed."
    return "\n".join([*said, "All else is as it was before. Mend what is wrong, and run the command again."])
