"""Limits of declines: by order and by the shopper's address. Beyond them the payment is cancelled, or not made."""

from payments.declines.store import delete_old
from payments.declines.usecases.limit_declines import limit_declines

__all__ = ["delete_old", "limit_declines"]
