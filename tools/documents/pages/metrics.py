"""docs/reference/metrics.md: every metric that the code declares."""

from __future__ import annotations

from tools import metrics_page


def pages() -> dict[str, str]:
    """The page of metrics."""
    return {"docs/reference/metrics.md": metrics_page.page()}
