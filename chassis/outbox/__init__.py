"""Events of this service: written in the transaction of their cause, read by other services through the feed."""

from chassis.outbox.events import Event, EventData, FeedPage
from chassis.outbox.log import CHANNEL, check_epoch, publish

__all__ = ["CHANNEL", "Event", "EventData", "FeedPage", "check_epoch", "publish"]
