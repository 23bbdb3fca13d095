"""The edge, Traefik: its configuration (`traefik`, `routers`), TLS `certificates`, and the `error_page` server."""

from __future__ import annotations

__all__ = ["certificates", "error_page", "routers", "traefik"]
