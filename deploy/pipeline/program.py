"""How each command of the pipeline ends: a refusal is a message and its status, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

from deploy.pipeline import telling
from deploy.refusal import Refusal, refusing


def main(work: Callable[[], None]) -> None:
    """Run it."""
    refusing(lambda: _told(work))


def _told(work: Callable[[], None]) -> None:
    """A refusal stands on the page of the run, too."""
    try:
        work()
    except Refusal as refusal:
        telling.summary(f"✗ {refusal}")
        raise
