"""The address book of an account."""

from __future__ import annotations

from identity.addresses.api import router

__all__ = ["router"]
