from uuid import uuid4

import pytest

from chassis.tests.auth.support import OTHER, access, application, bearer, client_of, forged, sample


async def test_a_valid_token_identifies_its_person():
    account = uuid4()
    async with client_of(application()) as client:
        answer = await client.get("/me", headers=bearer(access(account_id=account)))
        assert answer.json() == {"account": str(account), "roles": ["merchandiser"], "same": True}
        lower = await client.get("/maybe", headers={"authorization": f"bearer {access(account_id=account)}"})
        assert lower.json() == {"account": str(account)}


async def test_without_a_token_required_sign_in_is_401_and_optional_gives_none():
    before = sample("auth_refused_total", kind="person", reason="missing")
    async with client_of(application()) as client:
        answer = await client.get("/me")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["type"] == "unauthenticated"
        assert (await client.get("/maybe")).json() == {"account": None}
    assert sample("auth_refused_total", kind="person", reason="missing") == before + 1


@pytest.mark.parametrize("path", ["/me", "/maybe", "/stock"])
@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic QTpC", f"Bearer {forged(OTHER)}", "é"])
async def test_an_invalid_token_is_a_401_without_a_reason(path: str, value: str):
    async with client_of(application()) as client:
        answer = await client.get(path, headers=[(b"Authorization", value.encode())])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json() == {
        "type": "unauthenticated",
        "title": "Sign in first",
        "status": 401,
        "request_id": "r",
        "trace_id": "4bf9",
        "detail": "Your sign-in is not valid any more. Sign in again.",
    }


async def test_two_authorization_headers_are_refused():
    async with client_of(application()) as client:
        token = f"Bearer {access()}"
        answer = await client.get("/me", headers=[("Authorization", token), ("Authorization", token)])
    assert answer.status_code == 401


async def test_a_missing_scope_is_403_and_names_it():
    async with client_of(application()) as client:
        assert (await client.get("/stock", headers=bearer(access()))).status_code == 200
        answer = await client.get("/stock", headers=bearer(access(scopes=["stock:write"])))
        assert (await client.get("/stock")).status_code == 401
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="catalog:write stock:write"'
    assert answer.json()["detail"] == "This needs the permission catalog:write stock:write."


async def test_a_403_is_written_to_the_audit_log():
    account, app = uuid4(), application()
    async with client_of(app) as client:
        await client.get("/stock", headers=bearer(access(account_id=account, scopes=[])))
    assert app.state.denied == [("/stock", account, "catalog:write stock:write")]


def test_openapi_shows_the_scheme_where_it_is_needed_and_nothing_internal():
    document = application().openapi()
    scheme = document["components"]["securitySchemes"]["access_token"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert document["paths"]["/me"]["get"]["security"] == [{"access_token": []}]
    assert document["paths"]["/stock"]["get"]["security"] == [{"access_token": []}]
    assert not [path for path in document["paths"] if path.startswith("/internal")]
