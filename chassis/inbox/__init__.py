"""Following another service: each of its events takes effect here once, in order, whatever crashes.

The poller reads the producer's feed, the dispatcher hands events to the consumer's handlers, and dead_letters keeps
those that failed.
"""

from chassis.inbox.consumer import Consumer
from chassis.inbox.operations import ManyProducers, discard, redrive, restart

__all__ = ["Consumer", "ManyProducers", "discard", "redrive", "restart"]
