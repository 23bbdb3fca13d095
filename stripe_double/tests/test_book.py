from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import httpx
import pytest

from stripe_double.app import create_app
from stripe_double.book import Book
from stripe_double.settings import Settings
from stripe_double.tests.running import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path / "folder" / "book")
    book.open()
    yield book
    book.close()


def adds(key: str) -> Callable[[sqlite3.Connection], str]:
    def job(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO idempotency VALUES (?, x'00', 200, x'00', 'req_1', 0)", (key,))
        return key

    return job


def keys(book: Book) -> list[str]:
    return book.read(lambda book: [key for (key,) in book.execute("SELECT key FROM idempotency ORDER BY key")])


async def test_a_failing_job_harms_only_its_own_caller(book: Book) -> None:
    results = await asyncio.gather(*(book.write(adds(key)) for key in ("a", "b", "a", "c")), return_exceptions=True)
    assert [result for result in results if isinstance(result, str)] == ["a", "b", "c"]
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert keys(book) == ["a", "b", "c"]


async def test_what_is_committed_is_seen_at_once(book: Book) -> None:
    for n in range(20):
        await book.write(adds(f"{n:02}"))
        assert len(keys(book)) == n + 1


async def test_who_has_gone_gets_no_answer_and_its_job_is_done(book: Book) -> None:
    gone = asyncio.ensure_future(book.write(adds("a")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await book.write(adds("b"))
    assert keys(book) == ["a", "b"]


async def test_the_reader_cannot_write(book: Book) -> None:
    with pytest.raises(sqlite3.OperationalError):
        book.read(adds("a"))


async def test_an_intent_is_captured_once_whatever_the_code_believes(book: Book) -> None:
    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO intents VALUES (1, 'pi_1', 1, 'succeeded', 100, 100, 'eur', x'00')")
        connection.execute("INSERT INTO charges VALUES (1, 'ch_1', 'pi_1', x'00')")
        for _ in range(2):
            connection.execute(
                "INSERT INTO movements (intent, charge, kind, amount, at) VALUES ('pi_1', 'ch_1', 'capture', 100, 1)"
            )

    with pytest.raises(sqlite3.IntegrityError):
        await book.write(twice)


async def test_a_broken_book_is_a_500_in_stripes_envelope(tmp_path: Path) -> None:
    app = create_app(Settings(tmp_path / "book", secret_key=SECRET))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    double = app.state.double
    async with double.running(), httpx.AsyncClient(transport=transport, base_url="http://double") as client:
        await double.book.write(lambda book: book.execute("DROP TABLE events"))
        answer = await client.post(
            "/v1/payment_intents",
            data={"amount": "900", "currency": "usd"},
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        count = double.book.read(lambda book: book.execute("SELECT count(*) FROM intents").fetchone())
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
    assert (found.book, found.webhook_url, found.secret_key) == (tmp_path / "book", "http://localhost/hook", "sk_1")
    assert Settings.from_env({}) == Settings()
    with pytest.raises(ValueError, match="use Stripe itself"):
        Settings.from_env({"ENVIRONMENT": "production"})
    with pytest.raises(ValueError, match="STRIPE_DOUBLE_WEBHOOK_URL must be an http"):
        Settings.from_env({"STRIPE_DOUBLE_WEBHOOK_URL": "localhost:9"})
