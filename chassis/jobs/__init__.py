"""Work to be done later, at least once: the kinds of jobs of a service, and how they are enqueued."""

from chassis.jobs.table import CHANNEL, Hopeless, Jobs, JobTable, Periodic, discard, enqueue_many, release

__all__ = ["CHANNEL", "Hopeless", "JobTable", "Jobs", "Periodic", "discard", "enqueue_many", "release"]
