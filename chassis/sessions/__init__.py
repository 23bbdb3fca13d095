"""Whether the session of a token is live: ended sessions, and a check with identity before rights or money change."""

from chassis.sessions.live import require_live

__all__ = ["require_live"]
