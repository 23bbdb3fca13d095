"""What handlers and use cases of identity work with: the chassis' context with this service's settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from identity.settings import IdentitySettings

IdentityContext = Context[IdentitySettings]
Ctx = Annotated[IdentityContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""
