"""Search of intents, charges and customers in Stripe's language."""

from __future__ import annotations

import pytest
import stripe

from stripe_double.tests.running import Double, paid


async def test_intents_are_found_by_their_metadata(double: Double, sdk: stripe.StripeClient) -> None:
    made = [paid(double, **{"metadata[order_id]": "M-77", "metadata[n]": str(n)})["id"] for n in range(3)]
    query = "metadata['order_id']:'M-77' AND status:'succeeded'"
    found = await sdk.v1.payment_intents.search_async({"query": query, "limit": 2})
    assert [each.id for each in found.data] == made[:0:-1]
    assert found.next_page is not None
    rest = await sdk.v1.payment_intents.search_async({"query": query, "limit": 2, "page": found.next_page})
    assert ([each.id for each in rest.data], rest.has_more) == (made[:1], False)
    either = await sdk.v1.payment_intents.search_async({"query": "metadata['n']:'0' OR metadata['n']:'1'"})
    assert set(made[:2]) <= {each.id for each in either.data}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("email:'search@b.example'", 1),
        ("email~'SEARCH@B'", 1),
        ("email:'search@b.example' AND -name:'Ada'", 0),
        ("email:'search@b.example' AND phone:null", 1),
        ("email:'search@b.example' AND created>1000000000", 1),
        ("email:'search@b.example' AND created<=1000000000", 0),
        ("email:'search@b.example' AND name>5", 0),
        ('email:"search@b.example" AND metadata["account"]:"7"', 1),
    ],
)
def test_customers_are_found(double: Double, query: str, count: int) -> None:
    mine = {"query": "email:'search@b.example'"}
    if not double.raw("GET", "/v1/customers/search", params=mine).json()["data"]:
        form = {"email": "search@b.example", "name": "Ada", "metadata[account]": "7"}
        double.raw("POST", "/v1/customers", data=form).raise_for_status()
    found = double.raw("GET", "/v1/customers/search", params={"query": query}).json()
    assert (found["object"], len(found["data"])) == ("search_result", count)


def test_search_is_not_up_to_date_at_once(double: Double) -> None:
    intent = paid(double, **{"metadata[order_id]": "M-78"})
    double.faults(search_lag_s=60)
    query = {"query": "metadata['order_id']:'M-78'", "expand[]": "data.payment_intent"}
    assert double.raw("GET", "/v1/charges/search", params=query).json()["data"] == []
    double.raw("POST", "/_double/clock", json={"advance_seconds": 61}).raise_for_status()
    (charge,) = double.raw("GET", "/v1/charges/search", params=query).json()["data"]
    assert charge["payment_intent"]["id"] == intent["id"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "mood:'good'",
        "metadata:'x'",
        "status['x']:'y'",
        "status:succeeded",
        "status:'a' AND amount>1 OR amount<9",
        " AND ".join(["amount>1"] * 11),
    ],
)
def test_a_malformed_query_is_refused(double: Double, query: str) -> None:
    answer = double.raw("GET", "/v1/payment_intents/search", params={"query": query})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "query")


def test_a_malformed_page_is_refused(double: Double) -> None:
    answer = double.raw("GET", "/v1/charges/search", params={"query": "amount>1", "page": "x"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "page")
