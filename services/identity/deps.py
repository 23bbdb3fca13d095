"""What the handlers of identity are given."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from identity.settings import IdentitySettings

IdentityContext = Context[IdentitySettings]
Ctx = Annotated[IdentityContext, Depends(context)]
