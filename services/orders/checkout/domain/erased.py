"""What stands in an order whose person was erased."""

from __future__ import annotations

ERASED_EMAIL = "erased@erased.invalid"
"""As `erased_email()` in the database; no mail is sent there."""
