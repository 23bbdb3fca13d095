"""The context of a service: its database, clients and settings, the first argument of every use case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from fastapi import Request

from chassis.cache import Cache
from chassis.config import CommonSettings, ServiceSpec
from chassis.db import Database
from chassis.http import ServiceClient
from chassis.jobs import Jobs
from chassis.limits import Limiter
from chassis.resilience.loops import Loops

S = TypeVar("S", bound=CommonSettings, covariant=True)
T = TypeVar("T")


@dataclass
class Context(Generic[S]):
    """The resources of a running service. `extras` holds the service's own long-lived objects by their class."""

    spec: ServiceSpec
    settings: S
    db: Database
    http: ServiceClient
    cache: Cache
    limiter: Limiter
    jobs: Jobs
    log: Any
    extras: dict[type[Any], Any] = field(default_factory=dict)
    loops: Loops = field(default_factory=Loops)

    def get(self, kind: type[T]) -> T:
        """The service's own object of this class, put into `extras` at start."""
        return cast("T", self.extras[kind])


async def context(request: Request) -> Any:
    """FastAPI dependency: `Ctx = Annotated[Context[MySettings], Depends(context)]`."""
    return request.app.state.context
