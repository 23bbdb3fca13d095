"""How the tests of balance and payouts move and read money."""

from __future__ import annotations

from typing import Any

from stripe_double.tests.running import Double

EUR = {"currency": "eur"}


def later(double: Double, seconds: int = 1) -> None:
    double.raw("POST", "/_double/clock", json={"advance_seconds": seconds}).raise_for_status()


def get(double: Double, path: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = double.raw("GET", path, params=query).raise_for_status().json()
    return found


def balance(double: Double, currency: str = "eur") -> tuple[int, int]:
    shown = get(double, "/v1/balance")
    available, pending = (
        next((each["amount"] for each in shown[kind] if each["currency"] == currency), 0)
        for kind in ("available", "pending")
    )
    return available, pending


def payout_of(double: Double, **wanted: str) -> dict[str, Any]:
    made: dict[str, Any] = double.raw("POST", "/_double/payouts", json=EUR | wanted).raise_for_status().json()
    return made


def end(double: Double, payout: dict[str, Any], status: str, **wanted: str) -> dict[str, Any]:
    body = {"status": status, **wanted}
    ended: dict[str, Any] = double.raw("POST", f"/_double/payouts/{payout['id']}", json=body).raise_for_status().json()
    return ended


def entry_of(double: Double, source: str) -> dict[str, Any]:
    (only,) = get(double, "/v1/balance_transactions", source=source)["data"]
    found: dict[str, Any] = only
    return found
