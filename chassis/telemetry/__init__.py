"""What a running service tells: logs, metrics, and the trace that ties them together."""

from chassis.telemetry.metrics import Counter, Gauge, Histogram, counter, gauge, histogram

__all__ = ["Counter", "Gauge", "Histogram", "counter", "gauge", "histogram"]
