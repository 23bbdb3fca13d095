from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from stripe_double.app import create_app
from stripe_double.database.database import Database
from stripe_double.settings import Settings
from stripe_double.tests.running import SECRET


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = Database(tmp_path / "folder" / "book")
    db.open()
    yield db
    db.close()


def adds(key: str) -> Callable[[sqlite3.Connection], str]:
    def job(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO idempotency VALUES (?, x'00', 200, x'00', 'req_1', 0)", (key,))
        return key

    return job


def keys(db: Database) -> list[str]:
    return db.read(lambda db: [key for (key,) in db.execute("SELECT key FROM idempotency ORDER BY key")])


async def test_failed_job_raises_in_its_caller_only(db: Database) -> None:
    results = await asyncio.gather(*(db.write(adds(key)) for key in ("a", "b", "a", "c")), return_exceptions=True)
    assert [result for result in results if isinstance(result, str)] == ["a", "b", "c"]
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert keys(db) == ["a", "b", "c"]


async def test_committed_data_are_read_at_once(db: Database) -> None:
    for n in range(20):
        await db.write(adds(f"{n:02}"))
        assert len(keys(db)) == n + 1


async def test_job_of_a_cancelled_caller_is_committed(db: Database) -> None:
    gone = asyncio.ensure_future(db.write(adds("a")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await db.write(adds("b"))
    assert keys(db) == ["a", "b"]


async def test_the_reader_cannot_write(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        db.read(adds("a"))


async def test_unique_index_allows_one_capture(db: Database) -> None:
    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO intents VALUES (1, 'pi_1', 1, 'succeeded', 100, 100, 'eur', x'00')")
        connection.execute("INSERT INTO charges VALUES (1, 'ch_1', 'pi_1', x'00')")
        for _ in range(2):
            connection.execute(
                "INSERT INTO movements (intent, charge, kind, amount, at) VALUES ('pi_1', 'ch_1', 'capture', 100, 1)"
            )

    with pytest.raises(sqlite3.IntegrityError):
        await db.write(twice)


async def test_database_error_is_a_500_in_stripes_envelope(tmp_path: Path) -> None:
    app = create_app(Settings(tmp_path / "book", secret_key=SECRET))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    double = app.state.double
    async with double.running(), httpx.AsyncClient(transport=transport, base_url="http://double") as client:
        await double.database.write(lambda db: db.execute("DROP TABLE events"))
        answer = await client.post(
            "/v1/payment_intents",
            data={"amount": "900", "currency": "usd"},
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        count = double.database.read(lambda db: db.execute("SELECT count(*) FROM intents").fetchone())
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "api_error")
    assert count == (0,)


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    found = Settings.from_env(
        {
            "STRIPE_DOUBLE_BOOK": str(tmp_path / "book"),
            "STRIPE_DOUBLE_WEBHOOK_URL": "http://localhost/hook",
            "STRIPE_DOUBLE_SECRET_KEY": "sk_1",
            "STRIPE_DOUBLE_WEBHOOK_EVENTS": "payment_intent.succeeded,payment_intent.canceled",
        }
    )
    assert found.webhook_events == frozenset(["payment_intent.succeeded", "payment_intent.canceled"])
    assert (found.database, found.webhook_url, found.secret_key) == (tmp_path / "book", "http://localhost/hook", "sk_1")
    assert Settings.from_env({}) == Settings()
    with pytest.raises(ValueError, match="use Stripe itself"):
        Settings.from_env({"ENVIRONMENT": "production"})
    with pytest.raises(ValueError, match="STRIPE_DOUBLE_WEBHOOK_URL must be an http"):
        Settings.from_env({"STRIPE_DOUBLE_WEBHOOK_URL": "localhost:9"})
