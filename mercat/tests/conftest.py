from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from mercat.store import Store

ROOT = __import__("pathlib").Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def store(tmp_path) -> Store:
    """A store of its own folder, in a project of its own that has no services yet."""
    person = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    made = Store(root=tmp_path / "project", state=tmp_path / "state", person=person)
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
database: {name}
calls: [{calls}]
follows: [{follows}]
admission: browse
resources: {{cpu: 250m, memory: 192Mi}}
scale: {{min: 2, max: 40, cpu: 70, memory: 80}}
slo: {{availability: 99.95, p99: 300ms}}
"""


def add_service(store: Store, name: str, port: int, *, calls: str = "", follows: str = "", routes: str = "") -> None:
    folder = store.root / "services" / name
    folder.mkdir(parents=True)
    text = SERVICE.format(name=name, port=port, calls=calls, follows=follows, routes=routes or f"/api/v1/{name}")
    (folder / "service.yaml").write_text(text)
    (folder / "app.py").touch()
