"""What a browser sends of the pages that it showed."""

from __future__ import annotations

from pydantic import Field

from catalog.domain.browsing import CheckoutStep, PageKind, ScriptError, Vital, Way
from chassis.web import Model

# Of one request, all lists together.
MOST = 20


class PageVital(Model):
    """One figure of a page. Times are in seconds; `cls` has no unit."""

    page: PageKind = Field(examples=["product"])
    vital: Vital = Field(examples=["lcp"])
    value: float = Field(
        strict=True, ge=0, le=600, allow_inf_nan=False, description="In seconds; of `cls` the score", examples=[1.24]
    )


class StepTaken(Model):
    """A step of the checkout that was reached or left."""

    step: CheckoutStep = Field(examples=["checkout"])
    way: Way = Field(examples=["reached"])


class PageError(Model):
    """An error of a page's script, by its kind alone."""

    page: PageKind = Field(examples=["pay"])
    kind: ScriptError = Field(examples=["resource"])


class Measurements(Model):
    """What was measured since the browser sent the last; 20 entries at most in all three lists together."""

    vitals: list[PageVital] = Field(default=[], max_length=MOST, description="Figures of pages")
    steps: list[StepTaken] = Field(default=[], max_length=MOST, description="Steps of the checkout")
    errors: list[PageError] = Field(default=[], max_length=MOST, description="Errors of pages' scripts")
