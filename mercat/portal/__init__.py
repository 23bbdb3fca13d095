"""The portal: one process with the front page, the API docs of all services, and the mails it caught. Served: `app`."""

from __future__ import annotations

__all__ = ["app"]
