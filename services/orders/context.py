"""What handlers and use cases of orders work with: the chassis' context with this service's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from orders.settings import OrdersSettings

OrdersContext = Context[OrdersSettings]
Ctx = Annotated[OrdersContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""
