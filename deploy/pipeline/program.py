"""How each command of the pipeline ends: a refusal is a message and its status, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from deploy.pipeline import telling
from deploy.refusal import Refusal


def main(work: Callable[[], None]) -> None:
    """Run it."""
    try:
        work()
    except Refusal as refusal:
        print(f"\n✗ {refusal}", file=sys.stderr)
        telling.summary(f"✗ {refusal}")
        sys.exit(refusal.status)
