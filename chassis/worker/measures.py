"""The metrics of jobs and of periodic work."""

from __future__ import annotations

from chassis import telemetry

ENDED = telemetry.counter(
    "jobs",
    "Jobs by how a try of them ended",
    {"name": "a task of the service", "outcome": ("done", "retried", "held")},
)
RUNS = telemetry.counter(
    "periodic_runs",
    "Runs of periodic work by how they ended",
    {"name": "a periodic work of the service", "outcome": ("done", "failed")},
)
LASTED = telemetry.histogram(
    "job_duration_seconds",
    "How long a try of a job, or a run of periodic work, took",
    {"name": "a task or a periodic work of the service", "outcome": ("done", "failed")},
    (0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 300.0, 1800.0),
)
