"""The edge, Traefik: its configuration (`rules`, `routers`, `traefik`), `certificates`, and the `error_page` server."""

from __future__ import annotations

__all__ = ["certificates", "error_page", "routers", "rules", "traefik"]
