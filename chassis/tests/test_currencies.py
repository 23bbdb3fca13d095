from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chassis.config import CurrencySettings, WrongSettings, read_settings
from chassis.problems import Invalid


@pytest.fixture(autouse=True)
def _needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1/c")
    monkeypatch.setenv("SERVICE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CALLERS_FILE", str(tmp_path / "callers"))


def settings(monkeypatch: pytest.MonkeyPatch, **environment: Any) -> CurrencySettings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings(CurrencySettings)


def test_a_shop_sells_in_its_own_currency_alone_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).sold_in == ("EUR",)
    assert settings(monkeypatch, CURRENCY="ISK").sold_in == ("ISK",)


def test_several_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, CURRENCY="HUF", CURRENCIES="EUR, HUF,,KWD,EUR")
    assert (found.currency, found.sold_in) == ("HUF", ("EUR", "HUF", "KWD"))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"CURRENCIES": "USD,HUF"}, "CURRENCIES must contain the shop's default, CURRENCY=EUR"),
        ({"CURRENCIES": "EUR,CLF"}, "CURRENCIES names CLF"),
        ({"CURRENCIES": "EUR;HUF"}, "CURRENCIES names EUR;HUF"),
        ({"CURRENCY": "UYW"}, "CURRENCY names UYW"),
        ({"CURRENCY": "ZZZ"}, "CURRENCY names ZZZ"),
        ({"CURRENCY": "eur"}, "CURRENCY: String should match"),
    ],
)
def test_an_unsupported_currency_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(WrongSettings, match=said):
        settings(monkeypatch, **environment)


def test_a_client_may_choose_an_enabled_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = settings(monkeypatch, CURRENCIES="EUR,HUF")
    assert (shop.sold(None, "currency"), shop.sold("HUF", "currency")) == ("EUR", "HUF")
    with pytest.raises(Invalid, match="sells in EUR, HUF, not in USD") as refused:
        shop.sold("USD", "query.currency")
    assert refused.value.errors[0].field == "query.currency"
    assert refused.value.extensions == {"currencies": ["EUR", "HUF"]}
