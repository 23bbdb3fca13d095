"""The catalog's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from chassis.currencies import CurrencySettings


class CatalogSettings(CurrencySettings):
    """media_dir: where images lie, named by their digest."""

    media_dir: Path = Path("media")


Ctx = Annotated[Context[CatalogSettings], Depends(context)]
