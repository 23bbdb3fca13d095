"""Two replicas of identity and a service that follows it, each a process: what has ended is refused by all.

Within which time is a matter of how often they look (chassis/tests/test_revocations.py) and of the machine.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import pytest

from chassis.testing import eventually, live_service
from chassis.testing.servers import free_port
from identity.tests.hiring import hire

RACES_OF_A_KIND = 4


class Store:
    """Identity twice, and catalog."""

    def __init__(self, bench, key_file, media) -> None:
        self._bench = bench
        self._key_file = str(key_file)
        self.ports = [free_port(), free_port()]
        self.identities = [f"http://127.0.0.1:{port}" for port in self.ports]
        self._stack = ExitStack()
        self.replicas = [self._replica(fresh=True), self._replica(1, fresh=False)]
        urls = {"identity": self.identities}
        catalog = self._stack.enter_context(live_service("catalog", bench, urls=urls, MEDIA_DIR=str(media)))
        self.everywhere = [
            *(f"{url}/api/v1/sessions" for url in self.identities),
            f"{catalog.url}/api/v1/admin/products?limit=1",
        ]

    def _replica(self, number: int = 0, *, fresh: bool):
        return self._stack.enter_context(
            live_service(
                "identity",
                self._bench,
                port=self.ports[number],
                fresh=fresh,
                KEY_ENCRYPTION_KEY_FILE=self._key_file,
            )
        )

    def kill_identity(self) -> None:
        for replica in self.replicas:
            os.kill(replica.process.pid, signal.SIGKILL)
            replica.process.wait()

    def start_identity(self) -> None:
        self.replicas = [self._replica(number, fresh=False) for number in (0, 1)]

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def store(bench, tmp_path_factory):
    folder = tmp_path_factory.mktemp("replicas")
    key_file = folder / "key"
    key_file.write_bytes(bytes(range(32)))
    store = Store(bench, key_file, folder / "media")
    yield store
    store.close()


@pytest.fixture
async def client(store):
    async with httpx.AsyncClient(timeout=60) as client:
        yield client


@dataclass
class Person:
    """Somebody who is signed in, and uses their token again and again."""

    account_id: str
    headers: dict[str, str]
    # Addresses where it has been refused, and those where it was accepted after that.
    refused: set[str] = field(default_factory=set)
    again: list[str] = field(default_factory=list)

    async def use(self, client: httpx.AsyncClient, url: str) -> int:
        before = url in self.refused
        try:
            status = (await client.get(url, headers=self.headers)).status_code
        except httpx.TransportError:
            return 0  # that replica is not there
        if status == 401:
            self.refused.add(url)
        elif before and status == 200:
            self.again.append(url)
        return status


async def _hire(store: Store, client: httpx.AsyncClient, *roles: str) -> Person:
    return Person(*await hire(client, store.identities[0], store.replicas[0].db_owner_url, *roles))


async def _sign_out(client, url, _admin, person) -> httpx.Response:
    return await client.delete(f"{url}/api/v1/sessions/current", headers=person.headers)


async def _demote(client, url, admin, person) -> httpx.Response:
    path = f"{url}/api/v1/admin/accounts/{person.account_id}/roles"
    return await client.put(path, json={"roles": ["customer"]}, headers=admin.headers)


async def _lock(client, url, admin, person) -> httpx.Response:
    path = f"{url}/api/v1/admin/accounts/{person.account_id}/status"
    return await client.put(path, json={"status": "disabled"}, headers=admin.headers)


ENDINGS = (_sign_out, _demote, _lock)


async def _use_until(client: httpx.AsyncClient, store: Store, person: Person, over: asyncio.Event) -> None:
    while not over.is_set():
        for url in store.everywhere:
            await person.use(client, url)
        await asyncio.sleep(0.1)


async def _end_all(client, store, admin, people, endings) -> None:
    for number, (person, ending) in enumerate(zip(people, endings, strict=True)):
        answer = await ending(client, store.identities[number % 2], admin, person)
        assert answer.status_code in {200, 204}, answer.text


async def _all_use(client, store, people) -> None:
    for person in people:
        assert [await person.use(client, url) for url in store.everywhere] == [200, 200, 200]


async def test_what_has_ended_is_refused_by_every_replica_of_every_service(store, client):
    admin = await _hire(store, client, "admin")
    endings = [ending for ending in ENDINGS for _ in range(RACES_OF_A_KIND)]
    people = [await _hire(store, client, "support") for _ in endings]
    await _all_use(client, store, people)
    over = asyncio.Event()
    users = [asyncio.create_task(_use_until(client, store, person, over)) for person in people]
    await _end_all(client, store, admin, people, endings)
    everywhere = set(store.everywhere)
    await eventually(lambda: all(person.refused == everywhere for person in people), what="refused everywhere")
    over.set()
    await asyncio.gather(*users)
    assert [person.again for person in people] == [[]] * len(people)


async def test_ended_sessions_stay_ended_when_all_of_identity_was_killed(store, client):
    """Killed at once after the answer: nobody has read the feed by then."""
    admin = await _hire(store, client, "admin")
    people = [await _hire(store, client, "support") for _ in ENDINGS]
    await _all_use(client, store, people)
    over = asyncio.Event()
    users = [asyncio.create_task(_use_until(client, store, person, over)) for person in people]
    await _end_all(client, store, admin, people, ENDINGS)
    store.kill_identity()
    catalog = store.everywhere[-1]
    await eventually(lambda: all(catalog in person.refused for person in people), what="refused without identity")
    await asyncio.to_thread(store.start_identity)
    keeper = await _hire(store, client, "support")

    async def all_serve() -> bool:
        return [await keeper.use(client, url) for url in store.everywhere] == [200, 200, 200]

    await eventually(all_serve)
    for person in people:
        assert [await person.use(client, url) for url in store.everywhere] == [401, 401, 401]
    over.set()
    await asyncio.gather(*users)
    assert [person.again for person in people] == [[]] * len(people)
