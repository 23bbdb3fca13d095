"""Thin events of everything after the sale: each names an object that the API then shows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson

from stripe_double.tests.running import Double, in_thread, paid


def _everything(double: Double) -> None:
    """One of each change that has an event."""
    customer = double.raw("POST", "/v1/customers", data={"payment_method": "pm_card_visa"}).json()["id"]
    method = double.raw("GET", f"/v1/customers/{customer}/payment_methods").json()["data"][0]["id"]
    double.raw("POST", f"/v1/customers/{customer}", data={"name": "Ada"}).raise_for_status()
    intent = paid(double, "pm_card_bypassPending", currency="eur", amount="5000", customer=customer)
    refund = double.raw("POST", "/v1/refunds", data={"payment_intent": intent["id"], "amount": "100"}).json()
    double.raw("POST", f"/_double/refunds/{refund['id']}", json={"status": "failed"}).raise_for_status()
    dispute = double.raw("POST", "/_double/disputes", json={"payment_intent": intent["id"], "amount": 10}).json()
    double.raw("POST", f"/_double/disputes/{dispute['id']}", json={"status": "won"}).raise_for_status()
    double.raw("POST", "/_double/warnings", json={"payment_intent": intent["id"]}).raise_for_status()
    for status in ("in_transit", "paid", "failed"):
        if status == "in_transit":
            payout = double.raw("POST", "/_double/payouts", json={"currency": "eur"}).json()
        double.raw("POST", f"/_double/payouts/{payout['id']}", json={"status": status}).raise_for_status()
    double.raw("POST", f"/v1/payment_methods/{method}/detach").raise_for_status()
    double.raw("DELETE", f"/v1/customers/{customer}").raise_for_status()


def _stored(path: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(path) as connection:
        return [orjson.loads(payload) for (payload,) in connection.execute("SELECT payload FROM events ORDER BY seq")]


def test_a_thin_event_names_what_the_api_shows(tmp_path: Path) -> None:
    with in_thread(tmp_path / "double.sqlite3", None) as double:
        double.raw("POST", "/_double/destination", json={"payload": "thin"}).raise_for_status()
        _everything(double)
        events = _stored(tmp_path / "double.sqlite3")
        for event in events:
            related = event["related_object"]
            shown = double.raw("GET", related["url"]).raise_for_status().json()
            assert (shown["id"], shown["object"]) == (related["id"], related["type"])
    assert {event["type"] for event in events} == {
        *(f"v1.customer.{kind}" for kind in ("created", "updated", "deleted")),
        *("v1.payment_method.attached", "v1.payment_method.detached"),
        *("v1.payment_intent.created", "v1.payment_intent.succeeded"),
        *(f"v1.charge.{kind}" for kind in ("succeeded", "refunded", "updated", "refund.updated")),
        *(f"v1.refund.{kind}" for kind in ("created", "updated", "failed")),
        *(f"v1.charge.dispute.{kind}" for kind in ("created", "updated", "closed")),
        *(f"v1.charge.dispute.funds_{kind}" for kind in ("withdrawn", "reinstated")),
        "v1.radar.early_fraud_warning.created",
        *(f"v1.payout.{kind}" for kind in ("created", "updated", "paid", "failed", "reconciliation_completed")),
    }
