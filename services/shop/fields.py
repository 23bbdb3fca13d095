"""Kinds of fields that requests of several rooms have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, examples=[1])]


def _once(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        raise PydanticCustomError("twice", "Each of them may stand here once")
    return value


EachOnce = AfterValidator(_once)
"""Of a list: none stands in it twice."""
