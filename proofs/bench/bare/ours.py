"""The endpoint of `fast` in a service: signed in, limited, measured, logged."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from chassis.auth import CurrentPrincipal
from chassis.config import Settings
from chassis.limits import account, limit
from chassis.serve import collect_less_often
from chassis.service import create_service
from proofs.bench.bare.fast import Hello

router = APIRouter()


@router.get("/hello", dependencies=[Depends(limit("bench", "900000/min", by=account, fail="open"))])
async def hello(_who: CurrentPrincipal) -> Hello:
    """Answer somebody who is signed in."""
    return Hello(hello="world")


app = create_service("hello", settings=Settings, routers=[router])
collect_less_often()
