"""The catalog's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Depends
from pydantic import Field

from chassis.context import Context, context
from chassis.settings import Settings


class CatalogSettings(Settings):
    """media_dir: where images lie, named by their digest. currency: in which prices are shown to who names none."""

    media_dir: Path = Path("media")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")


Ctx = Annotated[Context[CatalogSettings], Depends(context)]
