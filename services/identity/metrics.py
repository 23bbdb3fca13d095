"""Business metrics of identity."""

from __future__ import annotations

from typing import get_args

from chassis import telemetry
from identity.domain.refresh import Verdict

SIGN_UPS = telemetry.counter("identity_sign_ups", "Accounts made")
SIGN_INS = telemetry.counter("identity_sign_ins", "Attempts to sign in", {"outcome": ("success", "failure")})
STEP_UPS = telemetry.counter(
    "identity_step_ups", "Passwords sent within a session before a sensitive act", {"outcome": ("success", "failure")}
)
WRONG_CODES = telemetry.counter("identity_wrong_codes", "Wrong codes of a second factor after a right password")
REGISTRATIONS = telemetry.counter(
    "identity_registrations", "Requests for an account", {"outcome": ("accepted", "too many")}
)
MAILS = telemetry.counter(
    "identity_mails",
    "Mails about registrations and invitations that were sent",
    {"kind": ("confirm", "has_account", "invitation")},
)
REFRESHES = telemetry.counter(
    "identity_refreshes", "Refresh tokens presented, by verdict", {"verdict": get_args(Verdict)}
)
SESSIONS = telemetry.shared_gauge("identity_sessions", "Sessions that have not ended, by themselves or by their time")
