"""Business metrics of identity."""

from __future__ import annotations

from chassis import telemetry

SIGN_UPS = telemetry.counter("identity_sign_ups", "Accounts made")
SIGN_INS = telemetry.counter("identity_sign_ins", "Attempts to sign in", ("outcome",))
REGISTRATIONS = telemetry.counter("identity_registrations", "Requests for an account", ("outcome",))
MAILS = telemetry.counter("identity_mails", "Mails about registrations that were sent", ("kind",))
REFRESHES = telemetry.counter("identity_refreshes", "Refresh tokens presented, by verdict", ("verdict",))
