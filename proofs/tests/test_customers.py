from __future__ import annotations

import aiohttp
import pytest

from mercat.installation import locate
from mercat.tests.conftest import ROOT
from proofs import failpoints
from proofs.after_sale import AfterSale
from proofs.asked import Asked
from proofs.by_hand import ByHand
from proofs.customers import Customers
from proofs.shop_work import ShopWork
from proofs.shopper import Shopper
from proofs.staff import Staff
from proofs.store import ProofStore


@pytest.fixture
async def customers():
    """Those of the proof, of a store that does not run. What they want is in `wanted`."""
    wanted: list[str] = []
    async with aiohttp.ClientSession() as http:
        store = ProofStore(locate(), http)
        all_of_them = Customers(store, lambda *_: None, lambda: wanted)
        staff, asked = Staff(Shopper(store, http, store.plain, "staff@example.com")), Asked()
        all_of_them.scenarios += AfterSale(all_of_them, staff, asked).scenarios
        all_of_them.scenarios += ByHand(all_of_them, staff, asked).scenarios
        all_of_them.scenarios += ShopWork(store, all_of_them, staff, asked).scenarios
        yield all_of_them, wanted


async def test_what_a_scenario_is_said_to_pass_is_a_failpoint(customers):
    names = {name for found in failpoints.points_of(ROOT).values() for name in found}
    said = {begin for scenario in customers[0].scenarios for begin in scenario.passes}
    assert {begin for begin in said if any(name.startswith(begin) for name in names)} == said


async def test_every_second_customer_passes_a_failpoint_that_is_on(customers):
    them, wanted = customers
    wanted[:] = ["return.written"]
    done = [them.next_scenario() for _ in range(40)]
    assert all(scenario.fits(wanted) for scenario in done[1::2])
    assert {scenario.run for scenario in done[::2]} >= {
        scenario.run for scenario in them.scenarios if not scenario.rare
    }


async def test_what_is_rare_waits_for_its_failpoint(customers):
    them, wanted = customers
    rare = {scenario.run.__name__ for scenario in them.scenarios if scenario.rare}
    assert not rare & {them.next_scenario().run.__name__ for _ in range(60)}
    wanted[:] = ["adjust.committed"]
    assert rare & {them.next_scenario().run.__name__ for _ in range(2)} == {"adjust_stock"}
