"""What handlers and use cases of payments work with: the chassis' context with this service's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from payments.settings import PaymentsSettings

PaymentsContext = Context[PaymentsSettings]
Ctx = Annotated[PaymentsContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""
