"""Webhooks: where events are sent (`destination`) and how (`sender`)."""

from __future__ import annotations

__all__ = ["destination", "sender"]
