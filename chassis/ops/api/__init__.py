"""What staff ask each service about itself: its audit log, and its work that has stopped.

    create_service("catalog", routers=[..., *ops.routers("catalog")], ...)

The service's name is in the paths, of which its service.yaml needs both, and in the operationIds.
"""

from __future__ import annotations

from fastapi import APIRouter

from chassis.ops.api import audit, operations

__all__ = ["routers"]


def routers(service: str) -> tuple[APIRouter, ...]:
    """Those of this service."""
    return (audit.router(service), operations.router(service))
