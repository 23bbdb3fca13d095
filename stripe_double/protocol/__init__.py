"""Reads and checks requests: API keys, forms, the parameters of each call. `answers` and `http` write answers."""

from __future__ import annotations

__all__ = ["answers", "auth", "confirm_params", "fields", "forms", "http", "params", "update_params"]
