"""How much a discount takes is said, and not guessed."""

from __future__ import annotations

from orders.tests.discounts.desk import TENTH, Desk

UNSAID = {name: value for name, value in TENTH.items() if name != "rate"}


async def test_a_percentage_that_says_no_rate_is_refused_and_is_not_everything(desk: Desk) -> None:
    made = await desk.make()
    change = {name: value for name, value in UNSAID.items() if name != "automatic"} | {"version": made["version"]}
    for answer in (await desk.call("POST", json=UNSAID), await desk.call("PUT", f"/{made['id']}", json=change)):
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["rate"])
    gift = {**UNSAID, "kind": "buy_get", "target": "lines", "buy_get": {"buy": 1, "get": 1}}
    assert (await desk.call("POST", json=gift)).json()["rate"] == 1_000_000
