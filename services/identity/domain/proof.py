"""How the person of a session was proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """When it was last; and whether a second factor was shown in the session, beside the password."""

    at: datetime
    second_factor: bool
