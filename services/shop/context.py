"""What handlers and use cases of shop work with: the chassis' context with this service's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from shop.settings import ShopSettings

ShopContext = Context[ShopSettings]
Ctx = Annotated[ShopContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""
