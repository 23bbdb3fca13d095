"""What a rule says when something breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from deploy.aws.plan import Plan


class Finding(NamedTuple):
    """Which rule, on what, and what to do."""

    rule: str
    address: str
    message: str


Rule = Callable[[Plan], Iterable[Finding]]
