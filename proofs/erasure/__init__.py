"""A customer and a guest are exported and erased: nothing of them is left, the books stay, also after a restore."""

from __future__ import annotations

import json
from pathlib import Path

from proofs.erasure import places
from proofs.erasure.again import Logged, erase_again, logged
from proofs.erasure.people import PATIENCE, Person
from proofs.erasure.planted import Planted, erase, left, planted
from proofs.shopper import PASSWORD, Answer
from proofs.staff import Staff, staff_of
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "A customer and a guest are erased: from every place, for good, and again after a restore"
SETTINGS = {
    "PAYMENT_METHODS": "card,bank_transfer",
    "BANK_TRANSFER_INSTRUCTIONS": "IBAN DE02 1203 0000 0000 2020 51, reference {number}",
}


async def prove(store: ProofStore) -> list[str]:
    """Run the proof; the caller checks the records. Complaints."""
    async with staff_of(store) as staff, planted(store, staff) as people:
        complaints = await _exported(store, people.customer, people.guest)
        file = store.store.state.parent / "before.tar.gz"
        await store.mercat("backup", str(file))
        await erase(store, staff, people)
        complaints += await left(store, people.words)
        known = logged(store.store.logs)
        complaints += await _twice(store, staff, people)
        await _restore(store, file)
        return complaints + await _again(store, staff, people, known)


async def _exported(store: ProofStore, customer: Person, guest: Person) -> list[str]:
    """Both have their copies, with what was typed about them."""
    await customer.buyer.sign_in(PASSWORD)
    asked = await customer.buyer.call("POST", "/api/v1/accounts/me/exports")
    assert asked.status == 202, asked
    path = f"/api/v1/accounts/me/exports/{asked.body['id']}/file"

    async def file() -> Answer | None:
        answer = await customer.buyer.call("GET", path)
        return answer if answer.status == 200 else None

    of_account = str((await eventually(file, PATIENCE, "the export")).body)
    of_guest = ""
    for order_id in guest.orders:
        guest.buyer.headers["Order-Token"] = guest.tokens[order_id]
        page = f"/api/v1/orders/{order_id}/personal-data"
        after: str | None = ""
        while after is not None:
            answer = await guest.buyer.call("GET", f"{page}?after={after}" if after else page)
            assert answer.status == 200, answer
            of_guest, after = of_guest + json.dumps(answer.body["tables"]), answer.body["next"]
    wanted = ("rang twice", "says ", "gladly,", "transfer of", "for ")
    missing = [
        f"the copy of the {who} lacks what was written: {words!r}"
        for who, copy, person in (("customer", of_account, customer), ("guest", of_guest, guest))
        for words in wanted
        if f"{words.removesuffix(' ')} {person.word}" not in copy and f"{person.word} {words}" not in copy
    ]
    stranger = [
        f"the copy has {other.word} of another"
        for copy, other in ((of_account, guest), (of_guest, customer))
        if other.word in copy
    ]
    everywhere = (await places.search(store, customer.words)).found
    print(f"  planted in {len(everywhere)} tables: {', '.join(sorted(everywhere))}", flush=True)
    return missing + stranger


async def _twice(store: ProofStore, staff: Staff, people: Planted) -> list[str]:
    """Complaints: an erasure that is asked for again changes something."""
    before = await places.rows_of(store, people.orders)
    again = [await staff.ask("POST", f"orders/{order_id}/erasure") for order_id in people.orders]
    wrong = [f"erased again: {answer}" for answer in again if answer["orders"]]
    after = await places.rows_of(store, people.orders)
    return wrong + [f"a second erasure changed {name}" for name in before if before[name] != after[name]]


async def _restore(store: ProofStore, file: Path) -> None:
    await store.mercat("down")
    await store.mercat("restore", str(file))
    await store.mercat("up", "--replicas", str(store.store.replicas))


async def _again(store: ProofStore, staff: Staff, people: Planted, known: Logged) -> list[str]:
    """All databases went back: the operator has what the logs say erased again. Complaints."""
    complaints = known.lacks(people.account_id, people.orders)
    back = (await places.search(store, [people.customer.word])).found
    complaints += [] if "identity.accounts" in back else ["the backup of before does not have the customer"]
    await erase_again(store, staff, known, people)
    return complaints + await left(store, people.words)
