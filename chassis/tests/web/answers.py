"""Routes with every kind of answer that FastAPI has; `LEFT` are those that stay with FastAPI.

Without `from __future__ import annotations`: FastAPI reads the annotations.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Response
from fastapi.responses import PlainTextResponse
from fastapi.security import SecurityScopes
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator
from starlette.exceptions import HTTPException

from chassis.problems import NotFound
from chassis.tests.web.routes import Order, Part, cleaned

router = APIRouter()
LEFT = APIRouter()


class Aliased(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    first: int = Field(alias="theFirst")
    second: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def third(self) -> int:
        return self.first + 1


class Even(BaseModel):
    number: int
    seen: int = 0

    @field_validator("number")
    @classmethod
    def even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("is odd")
        return value

    @model_validator(mode="after")
    def count(self) -> "Even":
        self.seen += 1
        return self


@router.get("/answers/aliased", response_model_exclude_unset=True)
async def aliased(second: str | None = None) -> Aliased:
    return Aliased(first=1) if second is None else Aliased(first=1, second=second)


@router.get("/answers/by-name", response_model_by_alias=False, response_model_exclude_none=True)
async def by_name() -> Aliased:
    return Aliased(first=1)


@router.get(
    "/answers/chosen", response_model=Order, response_model_exclude={"note"}, response_model_exclude_defaults=True
)
async def chosen() -> dict[str, Any]:
    return {"parts": [{"sku": "a", "count": 1}, {"sku": "b", "count": 2}], "note": "n"}


@router.get("/answers/wrong/{kind}", response_model=Part)
async def wrong(kind: str) -> Any:
    return {
        "nothing": None,
        "attributes": Part(sku="a"),
        "long": {"sku": "toolong"},
        "extra": {"sku": "a", "x": 1},
    }.get(kind)


@router.get("/answers/validated/{number}")
async def validated(number: int) -> Even:
    return Even.model_construct(number=number)


@router.get("/answers/none")
async def none() -> None:
    return None


@router.get("/answers/undeclared")
async def undeclared(weird: int = 0):
    return {"at": datetime(2026, 1, 1), "n": float("nan") if weird else 1.5}  # noqa: DTZ001


@router.delete("/answers/empty", status_code=204)
async def empty(response: Response) -> None:
    response.headers["x-left"] = "1"


@router.get("/answers/status/{status}")
async def status(status: int, response: Response) -> Part:
    response.status_code = status
    response.set_cookie("a", "b", httponly=True)
    return Part(sku="a")


@router.get("/answers/ready", response_class=Response)
async def ready(response: Response) -> Response:
    response.headers["x-lost"] = "1"
    return Response(b"\x00\x01", 203, {"x-own": "1"}, "image/png")


@router.get("/answers/class", response_class=Response)
async def of_class() -> str:
    return "text"


@router.get("/raises/{kind}")
async def raises(kind: str) -> Part:
    raise {"http": HTTPException(418, "tea"), "problem": NotFound("not here")}.get(kind) or ZeroDivisionError(kind)


async def _note() -> None:
    pass


async def _scoped(scopes: SecurityScopes) -> list[str]:
    return scopes.scopes


def _thread() -> int:
    return 1


@LEFT.get("/background")
async def background(tasks: BackgroundTasks) -> str:
    tasks.add_task(_note)
    return "later"


@LEFT.get("/scopes")
async def scopes(found: Annotated[list[str], Depends(_scoped)]) -> list[str]:
    return found


@LEFT.get("/sync")
def sync() -> int:
    return 1


@LEFT.get("/sync-dependency")
async def sync_dependency(one: Annotated[int, Depends(_thread)]) -> int:
    return one


@LEFT.get("/function-scope")
async def function_scope(clean: Annotated[str, Depends(cleaned, scope="function")]) -> str:
    return clean


@LEFT.post("/large", max_body_size=10)
async def large(part: Part) -> Part:
    return part


@LEFT.get("/lines")
async def lines() -> AsyncIterator[int]:
    yield 1


@LEFT.get("/text", response_class=PlainTextResponse)
async def text_class() -> str:
    return "text"
