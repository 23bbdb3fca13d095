"""For each law of tools/semgrep: where it holds, code that breaks it, and code that keeps it.

Every line that ends with `#!` (or `//!`) breaks it, and no other.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A file of the tree below which the law holds, and its text."""

    path: str
    text: str


CASES = {
    "sql-of-values": Case(
        "services/shop/store.py",
        """
_COLUMNS = "id, name"

async def find(tx, name, order):
    await tx.row(f"select {_COLUMNS} from goods where name = $1", name)
    tail = "order by id"
    await tx.rows(f"select id from goods {tail}")
    await tx.row(f"select id from goods where name = '{name}'")  #!
    await tx.execute(f"update goods set n = {order.n} where id = $1", order.id)  #!
    print(f"found {name}")
""",
    ),
    "sql-put-together": Case(
        "services/shop/usecases/sell.py",
        """
async def find(tx, name):
    await tx.row("select id from goods where name = $1", name)
    await tx.row("select id from goods where name = '%s'" % name)  #!
    await tx.value("select id from goods where name = '{}'".format(name))  #!
""",
    ),
    "clock-of-the-process": Case(
        "services/shop/usecases/book.py",
        """
import time
from datetime import UTC, datetime

async def book(tx, order, metrics):
    metrics.age.observe(time.time() - order.at)
    await tx.execute("update orders set booked_at = now() where id = $1", order.id)
    at = datetime.now(UTC)
    await tx.execute("update orders set booked_at = $2 where id = $1", order.id, at)  #!
    await tx.value("select $1 > booked_at from orders", time.time())  #!
    await tx.value("select $1 > booked_at from orders", time.time_ns())  #!
    await tx.value("select $1 > booked_at from orders", datetime.utcnow())  #!
""",
    ),
    "float-for-money": Case(
        "services/shop/domain/prices.py",
        """
from decimal import Decimal

def discount(share: float, total: int) -> int:
    return int(Decimal(total) * Decimal(share))

def priced(order, seconds):
    wait = float(seconds)
    half = float(order.total)  #!
    whole = round(order.price * 2)
    return round(half), float(order.total_minor)  #!

def taxed(total: float) -> int:  #!
    return 0

class Paid:
    amount: float  #!
    amount_minor: int
""",
    ),
    "gather-without-bound": Case(
        "services/shop/usecases/sweep.py",
        """
import asyncio

async def sweep(orders, first, second):
    await asyncio.gather(first(), second())
    await asyncio.gather(*(order.go_on() for order in orders))  #!
""",
    ),
    "task-unwatched": Case(
        "services/shop/settling.py",
        """
import asyncio

async def begin(self, work):
    kept = asyncio.create_task(work())
    self.tasks.add(kept)
    kept.add_done_callback(self.tasks.discard)
    other = asyncio.create_task(work())
    await other
    lost = asyncio.create_task(work())  #!
    self.tasks.add(lost)
""",
    ),
    "cancellation-swallowed": Case(
        "chassis/worker/loop.py",
        """
from contextlib import suppress

async def go_on(step):
    with suppress(ValueError):
        await step()
    with suppress(BaseException):  #!
        await step()
    with contextlib.suppress(BaseException):  #!
        await step()
""",
    ),
    "certificate-unchecked": Case(
        "mercat/edge/asking.py",
        """
import ssl
import aiohttp

def opened(context):
    aiohttp.TCPConnector(ssl=True)
    aiohttp.TCPConnector(ssl=False)  #!
    context.check_hostname = True
    context.check_hostname = False  #!
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_mode = ssl.CERT_NONE  #!
    httpx.Client(verify=True)
    httpx.Client(verify=False)  #!
    aiohttp.TCPConnector(verify_ssl=False)  #!
""",
    ),
    "request-without-timeout": Case(
        "mercat/stack/asking.py",
        """
import asyncio
import urllib.request
import aiohttp

async def asked(url, limit):
    async with aiohttp.ClientSession(timeout=limit) as session:
        await session.get(url)
    async with asyncio.timeout(3), aiohttp.ClientSession() as session:
        await session.get(url)
    urllib.request.urlopen(url, timeout=3)
    async with aiohttp.ClientSession() as session:  #!
        await session.get(url)
    urllib.request.urlopen(url)  #!
""",
    ),
    "secret-compared": Case(
        "services/shop/usecases/enter.py",
        """
import hmac

def may_enter(given, session, signature):
    if session.token is None or session.kind == "token":
        return False
    if given.signature == signature:  #!
        return True
    return given.token_hash != session.token_hash or hmac.compare_digest(given.mac, session.mac)  #!
""",
    ),
    "secret-logged": Case(
        "chassis/auth/tokens.py",
        """
def told(_log, account, token):
    _log.info("token.issued", account_id=account.id)
    _log.info("token.issued", account_id=account.id, token=token)  #!
""",
    ),
    "mock-of-code": Case(
        "services/shop/tests/test_mocks.py",
        """
from unittest import TestCase
from unittest import mock  #!
from unittest.mock import AsyncMock  #!
import unittest.mock  #!
import pytest_mock  #!

def test_sold(shop):
    assert shop.sell(mock)

def test_mocked(mocker):  #!
    assert mocker
""",
    ),
    "test-that-cannot-fail": Case(
        "services/shop/tests/test_sells.py",
        """
def test_sells(shop, read):
    assert read(shop) == read(shop)
    assert shop.sold == 1
    assert shop.sold == shop.sold  #!
    assert True  #!
    assert shop.sold or True  #!
    assert (shop.sold, "sold")  #!
    sent = 0
    assert sent < 5

def test_refuses(shop):
    try:  #!
        shop.sell(0)
    except Exception:
        pass
    try:  #!
        assert shop.sold
    except AssertionError:
        print("not sold")
""",
    ),
    "html-of-text": Case(
        "web/storefront/js/shelf.js",
        """
export function show(place, name) {
  place.textContent = name;
  place.innerHTML = `<b>${name}</b>`; //!
  place.innerHTML += name; //!
  place.outerHTML = name; //!
  place.insertAdjacentHTML("beforeend", name); //!
  document.write(name); //!
  eval(name); //!
  new Function(name); //!
}
""",
    ),
    "token-in-storage": Case(
        "web/storefront/js/kept.js",
        """
export function keep(token, lines) {
  localStorage.setItem("cart", lines);
  localStorage.setItem("access_token", token); //!
  sessionStorage.setItem("session", token); //!
}
""",
    ),
}
