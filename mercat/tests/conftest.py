from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local_servers import ports
from mercat.installation.installation import Installation
from mercat.portal.app import app

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


@pytest.fixture
def installation(tmp_path) -> Installation:
    """A store of its own folder, in a project of its own that has no services yet."""
    user_settings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    made = Installation(root=tmp_path / "project", state=tmp_path / "state", user_settings=user_settings)
    made.root.mkdir()
    made.make_folders()
    return made


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


SERVICE = """
name: {name}
about: the {name} of this store
port: {port}
routes: [{routes}]
database: {database}
calls: [{calls}]
reads: [{reads}]
follows: [{follows}]
admission: browse
resources: {{cpu: 250m, memory: 192Mi}}
scale: {{min: 2, max: 40, cpu: 70, memory: 80}}
slo: {{availability: 99.95, p99: 300ms}}
"""


def add_service(
    installation: Installation,
    name: str,
    port: int,
    *,
    calls: str = "",
    reads: str = "",
    follows: str = "",
    routes: str = "",
    database: str = "",
) -> None:
    folder = installation.root / "services" / name
    folder.mkdir(parents=True)
    routes, database = routes or f"/api/v1/{name}", database or name
    values = {"calls": calls, "reads": reads, "follows": follows, "routes": routes, "database": database}
    text = SERVICE.format(name=name, port=port, **values)
    (folder / "service.yaml").write_text(text)
    (folder / "app.py").touch()


class Portal:
    def __init__(self, client: httpx.AsyncClient, smtp_port: int) -> None:
        self.get, self.post, self.smtp_port = client.get, client.post, smtp_port


@pytest.fixture
async def portal(installation, free_port, monkeypatch):
    monkeypatch.setenv("PORTAL_ROOT", str(installation.root))
    monkeypatch.setenv("PORTAL_STATE", str(installation.state))
    monkeypatch.setenv("PORTAL_SMTP_PORT", str(free_port))
    monkeypatch.setattr("mercat.portal.app.die_with_parent", lambda: None)  # it would bind pytest to its parent
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield Portal(client, free_port)
