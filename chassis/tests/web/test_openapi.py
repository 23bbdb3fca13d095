"""The document says who may call an operation, and which limits count."""

from fastapi import Depends, FastAPI

from chassis.auth import CurrentPrincipal, MaybePrincipal, require
from chassis.limits import client_ip, limit, public_read
from chassis.web import openapi


def document() -> dict:
    app = FastAPI()

    @app.get("/open", dependencies=[Depends(public_read), Depends(limit("open", "5/min", by=client_ip))])
    async def read_open() -> None: ...

    @app.get("/both", openapi_extra={openapi.LIMITS: ["by hand"]})
    async def read_both(_who: MaybePrincipal) -> None: ...

    @app.get("/mine")
    async def read_mine(_who: CurrentPrincipal) -> None: ...

    @app.put("/staff/{name:path}", dependencies=[Depends(require("b:write")), Depends(require("a:read"))])
    async def put_staff(name: str) -> None: ...

    @app.get("/hidden", include_in_schema=False)
    async def read_hidden() -> None: ...

    return openapi.document(app)["paths"]


def test_an_operation_says_who_may_call_it():
    paths = document()
    assert "security" not in paths["/open"]["get"]
    assert paths["/both"]["get"]["security"] == [{}, {"access_token": []}]
    assert paths["/mine"]["get"]["security"] == [{"access_token": []}]
    assert paths["/staff/{name}"]["put"]["security"] == [{"access_token": ["a:read", "b:write"]}]
    assert "/hidden" not in paths


def test_an_operation_names_the_limits_that_it_counts_against():
    paths = document()
    assert paths["/open"]["get"][openapi.LIMITS] == ["READ_LIMIT", "open"]
    assert paths["/both"]["get"][openapi.LIMITS] == ["by hand"]
    assert openapi.LIMITS not in paths["/mine"]["get"]
