"""Does the jobs that are due, and periodic work, in one process of many."""

from chassis.worker.periodic import PeriodicRunner
from chassis.worker.worker import Worker

__all__ = ["PeriodicRunner", "Worker"]
