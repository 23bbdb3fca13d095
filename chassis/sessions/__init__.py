"""Whether the session of a token goes on: which have ended, and asking identity before rights or money change."""

from chassis.sessions.live import require_live

__all__ = ["require_live"]
