"""A service without a database."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from chassis.auth import require
from chassis.config import CommonSettings
from chassis.context import Context, context
from chassis.limits import public_read
from chassis.service import create_service

router = APIRouter()


@router.get("/", dependencies=[Depends(public_read)])
async def show() -> str:
    """Needs nothing that is stored."""
    return "shown"


@router.get("/stored")
async def show_stored(ctx: Annotated[Context[CommonSettings], Depends(context)]) -> Any:
    """Asks the database that is not there."""
    async with ctx.db.read() as tx:
        return await tx.value("select 1")


@router.get("/staff", dependencies=[Depends(require("settings:write"))])
async def show_staff() -> str:
    """Needs a right."""
    return "shown"


app = create_service(__package__, settings=CommonSettings, routers=[router])
