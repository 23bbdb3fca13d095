"""Adds what a browser told of its pages to the counters. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable

from catalog import metrics
from catalog.domain.browsing import CheckoutStep, PageKind, ScriptError, Vital, Way


def count_measurements(
    vitals: Iterable[tuple[Vital, PageKind, float]],
    steps: Iterable[tuple[CheckoutStep, Way]],
    errors: Iterable[tuple[PageKind, ScriptError]],
) -> None:
    """Count all of them."""
    for vital, page, value in vitals:
        if vital is Vital.CLS:
            metrics.page_shift.observe(value, page)
        else:
            metrics.page_seconds.observe(value, vital, page)
    for step, way in steps:
        metrics.checkout_steps.inc(step, way)
    for page, kind in errors:
        metrics.script_errors.inc(page, kind)
