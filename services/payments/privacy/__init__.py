"""What payments keeps of a person: a copy of it, and its erasure; by account, and by order, as orders asks."""

from payments.privacy.api import router
from payments.privacy.store import forget as forget_erasures

__all__ = ["forget_erasures", "router"]
