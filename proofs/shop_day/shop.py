"""What the parts of the day share: the shop with its staff and its shelf, and what was ordered of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from proofs.shop_day.receiver import Receiver
from proofs.shop_day.team import PATIENCE, Member
from proofs.shop_day.wishes import Wish
from proofs.shopper import Answer, Shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

ORDERS = "/api/v1/admin/orders"


@dataclass(frozen=True)
class Article:
    """A variant that is sold that day, how many of it were on hand in the morning, and its price by currency."""

    variant_id: str
    sku: str
    on_hand: int
    prices: Mapping[str, int]


@dataclass
class Bought:
    """An order of the day: what was wished, its buyer, its figures as they were answered, and what is expected of it.

    `mails`: by kind; `restocked`: pieces that go back on the shelf, by SKU; `refunds`: those that did not fail;
    `parcels`: those that were taken back, too.
    """

    wish: Wish
    buyer: Shopper
    order: dict[str, Any]
    codes: list[str]
    mails: Counter[str] = field(default_factory=Counter)
    restocked: Counter[str] = field(default_factory=Counter)
    refunds: int = 0
    parcels: int = 0

    @property
    def id(self) -> str:
        """The order's id."""
        return str(self.order["id"])

    @property
    def path(self) -> str:
        """Where staff find it."""
        return f"{ORDERS}/{self.id}"

    @property
    def name(self) -> str:
        """How the proof calls it."""
        return f"order {self.wish.number} ({self.order['number']}, {self.wish.story or self.wish.ending})"

    def pieces(self, position: int) -> int:
        """The pieces of a line."""
        return int(self.order["lines"][position - 1]["quantity"])

    def sku(self, position: int) -> str:
        """The SKU of a line."""
        return str(self.order["lines"][position - 1]["sku"])

    def money(self, amount: int) -> dict[str, Any]:
        """An amount in the order's currency."""
        return {"amount": amount, "currency": self.wish.currency}

    def all_pieces(self) -> list[dict[str, int]]:
        """Every piece, as parcels, refunds and returns name them."""
        return [{"position": line["position"], "quantity": line["quantity"]} for line in self.order["lines"]]


@dataclass
class Shop:
    """The store on that day. `boss` is the administrator; `merchandiser` has products, prices and rules.

    `delivered`: pieces by SKU that came during the day; `hooks`: ids of webhooks by the path that they lead to.
    """

    store: ProofStore
    boss: Member
    merchandiser: Member
    receiver: Receiver
    shelf: list[Article] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    bought: list[Bought] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    hooks: dict[str, str] = field(default_factory=dict)

    async def asked(self, method: str, path: str, body: Any = None) -> Answer:
        """What the administrator is answered."""
        return await self.boss.asked(method, path, body)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer to the administrator that is no refusal."""
        return await self.boss.ask(method, path, body)

    async def pdf(self, path: str) -> bytes:
        """A document as staff get it; the service draws one at a time."""
        found = b""

        async def drawn() -> bool:
            nonlocal found
            who, token = self.boss.who, self.boss.who.headers["Authorization"]
            async with who.http.get(who.base + path, headers=who.headers) as answer:
                assert answer.status in {200, 401, 429, 503}, f"{path}: {answer.status}"
                found = await answer.read()
            if answer.status == 401:
                await self.boss.renew(token)
            return answer.status == 200

        await eventually(drawn, PATIENCE, f"the document {path}")
        assert found.startswith(b"%PDF-"), path
        return found

    async def all_pages(self, path: str) -> list[Any]:
        """The items of every page of a list."""
        items, cursor = list[Any](), ""
        while True:
            page = await self.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=100{cursor}")
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = f"&cursor={page['next_cursor']}"

    async def today(self) -> date:
        """The day of the payments' database, as its daily reports count them."""
        found: date = await self.store.value("payments", "select (now() at time zone 'UTC')::date")
        return found

    async def until(self, true: Callable[[], Awaitable[Any]], what: str) -> Any:
        """Wait until this is so; returns it."""
        return await eventually(true, PATIENCE, what)
