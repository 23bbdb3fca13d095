"""What every service's tests use: real servers, a migrated database, the service itself, and tokens for it."""

from chassis.testing.apps import RunningApp, running_app
from chassis.testing.live import LiveService, live_service
from chassis.testing.schedule import hold_work
from chassis.testing.waiting import eventually

__all__ = ["LiveService", "RunningApp", "eventually", "hold_work", "live_service", "running_app"]
