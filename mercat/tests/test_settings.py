from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from chassis.config import Settings
from mercat import environment, plan, services, settings
from mercat.refusal import Refusal
from mercat.store import Store, odd_lines, read_dotenv
from mercat.tests.conftest import ROOT

SPECS = {spec.name: spec for spec in services.discover(ROOT)}


@pytest.fixture
def real(store) -> Store:
    """A store of this project itself, with a state of its own."""
    return replace(store, root=ROOT)


def with_dotenv(store: Store, text: str) -> Store:
    path = store.state / ".env"
    path.write_text(text)
    written = read_dotenv(path)
    return replace(store, person={**written, **store.person}, dotenv=(*written, *odd_lines(path)))


@pytest.mark.parametrize("service", SPECS)
def test_the_names_are_those_of_the_settings_classes(service):
    module = importlib.import_module(f"{service}.settings")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Settings)]
    fields = {name.upper() for kind in kinds for name in kind.model_fields}
    assert settings.names(ROOT, service) == fields


def test_a_setting_reaches_the_services_that_have_it_and_no_other(real):
    own = with_dotenv(real, "CURRENCY=USD\nSHIPPING_FLAT_RATE=700\nSHIPPING_FREE_FROM=5000\nHOLD_SECONDS_ORDERS=60\n")
    specs = list(SPECS.values())
    env = {name: environment.service(own, specs, spec) for name, spec in SPECS.items()}
    assert env["catalog"]["CURRENCY"] == env["orders"]["CURRENCY"] == "USD"
    assert (env["orders"]["SHIPPING_FLAT_RATE"], env["orders"]["SHIPPING_FREE_FROM"]) == ("700", "5000")
    assert env["orders"]["HOLD_SECONDS"] == "60"
    assert not {"CURRENCY", "SHIPPING_FLAT_RATE"} & set(env["identity"])
    assert "SHIPPING_FLAT_RATE" not in env["catalog"]


def test_the_environment_wins_over_the_file(real, monkeypatch):
    monkeypatch.setattr("mercat.store.read_dotenv", lambda _: {"CURRENCY": "USD"})
    monkeypatch.setenv("CURRENCY", "CHF")
    from mercat.store import locate

    assert locate().person["CURRENCY"] == "CHF"


def test_what_the_store_makes_itself_cannot_be_set_for_all(real):
    own = with_dotenv(real, "DATABASE_URL=postgresql://elsewhere\nSERVICE_URLS={}\n")
    env = environment.service(own, list(SPECS.values()), SPECS["orders"])
    assert "elsewhere" not in env["DATABASE_URL"]
    assert "catalog" in json.loads(env["SERVICE_URLS"])
    (one, two) = settings.remarks(own, SPECS.values())
    assert "DATABASE_URL in .env has no effect: the store makes its own." in one
    assert "SERVICE_URLS in .env has no effect" in two


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("CURENCY=USD", "CURENCY in .env is not a setting; did you mean CURRENCY?"),
        ("SHIPING_FLAT_RATE=1", "SHIPING_FLAT_RATE in .env is not a setting; did you mean SHIPPING_FLAT_RATE?"),
        ("currency=USD", "currency in .env is not a setting; did you mean CURRENCY?"),
        ("LOG_LEVEL_ORDRES=debug", "LOG_LEVEL_ORDRES in .env is not a setting; did you mean LOG_LEVEL_ORDERS?"),
        ("SHIPPING_FLAT_RATE_CATALOG=1", "SHIPPING_FLAT_RATE_CATALOG in .env is not a setting; did you mean"),
        ("WHATEVER_ELSE=1", "WHATEVER_ELSE in .env is not a setting of this store."),
    ],
)
def test_a_misspelt_name_is_said_with_the_nearest(real, line, told):
    (said,) = settings.remarks(with_dotenv(real, line), SPECS.values())
    assert told in said


@pytest.mark.parametrize("line", ["SHIPPING-FLAT-RATE=700", "CURRENCY USD", "CURRENCY: USD", "=nothing", "9BAD=1"])
def test_a_line_without_a_name_is_said_without_its_content(real, line):
    (said,) = settings.remarks(with_dotenv(real, f"# mine\n\nLOG_LEVEL=debug\n{line}\n"), SPECS.values())
    assert said == "Line 4 of .env is not of the form NAME=value, and has no effect."


GOOD = "CURRENCY LOG_LEVEL FAILPOINTS_ORDERS DATABASE_URL_ORDERS DATABASE_OWNER_URL_ORDERS STRIPE_SECRET_KEY SMTP_URL "
GOOD += "MERCAT_STATE PUBLIC_URL MAIL_FROM SHIPPING_FREE_FROM DATABASE_POOL_SIZE_CATALOG"


@pytest.mark.parametrize("name", GOOD.split())
def test_good_names_are_not_remarked_upon(real, name):
    assert settings.remarks(with_dotenv(real, f"{name}=x"), SPECS.values()) == []


def test_a_shop_of_several_currencies_is_a_matter_of_two_lines(real):
    rates = '{"EUR": {"rate": 500, "free_from": 10000}, "HUF": {"rate": 199000}}'
    own = with_dotenv(real, f"CURRENCIES=EUR, HUF\nSHIPPING_RATES={rates}\n")
    specs = list(SPECS.values())
    env = {name: environment.service(own, specs, spec) for name, spec in SPECS.items()}
    assert env["catalog"]["CURRENCIES"] == env["orders"]["CURRENCIES"] == "EUR, HUF"
    assert env["orders"]["SHIPPING_RATES"] == rates
    assert settings.remarks(own, specs) == []
    plan.derive(own, seed=False)
    with pytest.raises(Refusal, match="SHIPPING_RATES has no rate for KWD, which the shop sells in"):
        plan.derive(with_dotenv(real, f"CURRENCIES=EUR,KWD\nSHIPPING_RATES={rates}\n"), seed=False)


def test_a_wrong_value_is_refused_by_name_before_anything_starts(real):
    own = with_dotenv(real, "CURRENCY=Euro\nHOLD_SECONDS=soon\n")
    with pytest.raises(Refusal) as refused:
        plan.derive(own, seed=False)
    assert "catalog: CURRENCY: " in str(refused.value)
    assert "orders: CURRENCY: " in str(refused.value)
    assert "orders: HOLD_SECONDS: " in str(refused.value)
    assert "Euro" not in str(refused.value)  # it might be a secret


@pytest.mark.parametrize("line", ["VALKEY_URL=localhost:6379", "DATABASE_URL_ORDERS=db/orders", "SMTP_URL=mail"])
def test_an_address_that_is_none_is_refused_before_anything_starts(real, line):
    name = line.partition("=")[0].removesuffix("_ORDERS")
    with pytest.raises(Refusal, match=f"orders: {name}: "):
        plan.derive(with_dotenv(real, line), seed=False)


def test_good_values_are_tried_out_once(real, monkeypatch):
    own = with_dotenv(real, "SHIPPING_FLAT_RATE=700\n")
    plan.derive(own, seed=False)

    def no_more(*_, **__):
        raise AssertionError("it was tried out again")

    monkeypatch.setattr(subprocess, "run", no_more)
    plan.derive(own, seed=False)
    with pytest.raises(AssertionError):
        plan.derive(with_dotenv(real, "SHIPPING_FLAT_RATE=800\n"), seed=False)


def test_a_settings_module_that_cannot_be_imported_is_told(real, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Refusal, match="The settings could not be tried out"):
        settings.try_out(real, {"orders": {}})
