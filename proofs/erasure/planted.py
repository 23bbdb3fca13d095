"""A customer and a guest who have bought and sent back: they are planted in a store, erased, and looked for."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from proofs.erasure import places
from proofs.erasure.days import account_gone
from proofs.erasure.people import PATIENCE, Person
from proofs.products import variants
from proofs.shopper import PASSWORD, shopper
from proofs.staff import Staff
from proofs.store import ProofStore
from proofs.waiting import eventually

# Seconds: for the last job that has something of them to end.
_GONE = 30


@dataclass(frozen=True)
class Planted:
    """Both, and the customer's account."""

    customer: Person
    guest: Person
    account_id: str

    @property
    def words(self) -> list[str]:
        """What must be found nowhere once they are erased."""
        return [*self.customer.words, *self.guest.words]

    @property
    def orders(self) -> list[str]:
        """The orders of both."""
        return [*self.customer.orders, *self.guest.orders]


@asynccontextmanager
async def planted(store: ProofStore, staff: Staff) -> AsyncIterator[Planted]:
    """Two new people, when nothing of theirs is on its way any more."""
    variant = next(variant for variant in await variants(store) if variant.available >= 20)
    async with shopper(store) as first, shopper(store) as second:
        customer, guest = Person(first), Person(second)
        for person in (customer, guest):
            person.buyer.email = f"{person.word}@example.com"
        await customer.buyer.register()
        key = {"Idempotency-Key": uuid.uuid4().hex}
        kept = await customer.buyer.call("POST", "/api/v1/accounts/me/addresses", json=customer.address, **key)
        assert kept.status == 201, kept
        for person in (customer, guest):
            await person.buy(staff, variant)
            await person.settled()
        account_id = str((await customer.buyer.call("GET", "/api/v1/accounts/me")).body["id"])
        yield Planted(customer, guest, account_id)


async def erase(store: ProofStore, staff: Staff, people: Planted) -> None:
    """The customer by their account; the guest's first order by its link, the other by staff."""
    buyer = people.customer.buyer
    buyer.headers.pop("Authorization", None)
    await buyer.sign_in(PASSWORD)
    asked = await buyer.call("POST", "/api/v1/accounts/me/erasure")
    assert asked.status == 202, asked
    await account_gone(store, people.account_id, PATIENCE)
    await _erase_guest(people.guest)
    await staff.ask("POST", f"orders/{people.guest.orders[1]}/erasure")


async def _erase_guest(guest: Person) -> None:
    order_id = guest.orders[0]
    guest.buyer.headers["Order-Token"] = guest.tokens[order_id]
    number = (await guest.buyer.call("GET", f"/api/v1/orders/{order_id}")).body["number"]
    done = await guest.buyer.call("POST", f"/api/v1/orders/{order_id}/erasure", json={"order_number": number})
    assert done.status == 200, done
    opened = await guest.buyer.call("GET", f"/api/v1/orders/{order_id}")
    assert opened.status == 404, opened


async def left(store: ProofStore, words: Iterable[str], seconds: float = _GONE) -> list[str]:
    """Complaints: a place has one of the words, at once and still after so many seconds."""
    wanted, found = list(words), list[str]()

    async def none_left() -> bool:
        found[:] = await places.left(store, wanted)
        return not found

    try:
        await eventually(none_left, seconds, "nothing being left", every=2)
    except TimeoutError:
        return found
    return []
