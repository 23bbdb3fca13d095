from __future__ import annotations

import pytest

from chassis.testing import running_app
from chassis.testing.mailbox import Mailbox
from identity.tests import joining

PASSWORD = joining.PASSWORD


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key-encryption-key"
    path.write_bytes(bytes(range(32)))
    return path


@pytest.fixture
def mailbox():
    with Mailbox().open() as box:
        yield box


@pytest.fixture
async def service(bench, key_file, mailbox):
    settings = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>"}
    async with running_app("identity", bench, key_encryption_key_file=key_file, **settings) as service:
        yield service


@pytest.fixture
def sign_up(service, mailbox):
    async def make(email: str = "ada@example.com", password: str = PASSWORD) -> dict:
        return await joining.join(service.client, mailbox, email, password)

    return make


@pytest.fixture
def sign_in(service):
    async def begin(email: str = "ada@example.com", password: str = PASSWORD) -> dict:
        service.client.cookies.clear()
        answer = await service.client.post("/api/v1/sessions", json={"email": email, "password": password})
        assert answer.status_code == 201, answer.text
        cookie = answer.headers["set-cookie"]
        token = cookie.partition("__Host-refresh=")[2].partition(";")[0]
        service.client.cookies.clear()
        body = answer.json()
        headers = {"Authorization": f"Bearer {body['access_token']}"}
        return {**body, "refresh_token": token, "headers": headers, "cookie": cookie}

    return begin


@pytest.fixture
def refresh(service):
    async def exchange(token: str | None, **headers: str):
        sent = {"X-Mercat": "refresh", **headers}
        if token is not None:
            sent["Cookie"] = f"__Host-refresh={token}"
        answer = await service.client.post("/api/v1/sessions/refresh", headers=sent)
        service.client.cookies.clear()
        child = answer.headers.get("set-cookie", "").partition("__Host-refresh=")[2].partition(";")[0]
        return answer, child

    return exchange


@pytest.fixture
def query(service):
    async def ask(sql: str, *arguments):
        async with service.ctx.db.read() as tx:
            return await tx.value(sql, *arguments)

    return ask
