"""Metrics of what people change of their own accounts."""

from __future__ import annotations

from chassis import telemetry

RESETS = telemetry.counter("identity_resets", "Requests for a new password", {"outcome": ("accepted", "too many")})
_KINDS = (
    *("password_reset", "no_account", "password_changed", "email_confirmation", "email_taken", "email_changed"),
    *("erasure_asked", "erasure_waits", "export_ready", "factor_set_up", "factor_removed", "recovery_codes_drawn"),
)
MAILS = telemetry.counter("identity_account_mails", "Mails about accounts that were sent", {"kind": _KINDS})
