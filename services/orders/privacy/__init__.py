"""What orders keeps of a person: a copy of it, and its erasure; of accounts, which identity leads, and of guests."""

from __future__ import annotations

from orders.privacy.api.admin import router as staff_router
from orders.privacy.api.internal import router as service_router
from orders.privacy.api.routes import router
from orders.privacy.usecases.end_documents import end_documents
from orders.privacy.usecases.repeat_erasures import ANY_REPEATED, forget_erasures, repeat_erasures
from orders.privacy.usecases.replay_erasures import REPLAY, enqueue_replay, replay_erasures

routers = (router, staff_router, service_router)

__all__ = [
    "ANY_REPEATED",
    "REPLAY",
    "end_documents",
    "enqueue_replay",
    "forget_erasures",
    "repeat_erasures",
    "replay_erasures",
    "routers",
]
