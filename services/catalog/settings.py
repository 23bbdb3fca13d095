"""The catalog's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Depends
from pydantic import Field, field_validator

from chassis.context import Context, context
from chassis.limits import rule
from chassis.settings import Settings


class CatalogSettings(Settings):
    """media_dir: where images lie, named by their digest. currency: in which prices are shown to who names none."""

    media_dir: Path = Path("media")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    # Of one address in each process, and counted as reads too: they cost the database more.
    search_limit: str = "1200/min"

    @field_validator("search_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        rule("any", value)
        return value


Ctx = Annotated[Context[CatalogSettings], Depends(context)]
