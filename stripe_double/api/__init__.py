"""The HTTP API, one module for each group of calls. `calls` handles every call; `control` and `dashboard` are the
double's own API.
"""

from __future__ import annotations

__all__ = ["account", "calls", "control", "dashboard", "objects", "payment_intents"]
