"""What handlers and use cases of catalog work with: the chassis' context with this service's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from catalog.settings import CatalogSettings
from chassis.context import Context, context

CatalogContext = Context[CatalogSettings]
Ctx = Annotated[CatalogContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""
