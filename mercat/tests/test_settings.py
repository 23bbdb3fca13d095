from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from chassis.config import CommonSettings
from mercat.config import environment, services, settings
from mercat.installation import CommandError
from mercat.installation.installation import Installation, malformed_lines, read_dotenv
from mercat.stack import desired_state
from mercat.tests.conftest import ROOT

SPECS = {spec.name: spec for spec in services.discover(ROOT)}


@pytest.fixture
def real(installation) -> Installation:
    """A store of this project itself, with a state of its own."""
    return replace(installation, root=ROOT)


def with_dotenv(installation: Installation, text: str) -> Installation:
    path = installation.state / ".env"
    path.write_text(text)
    written = read_dotenv(path)
    return replace(
        installation,
        user_settings={**written, **installation.user_settings},
        dotenv_names=(*written, *malformed_lines(path)),
    )


@pytest.mark.parametrize("service", SPECS)
def test_setting_names_are_fields_of_settings_classes(service):
    module = importlib.import_module(f"{service}.settings")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, CommonSettings)]
    fields = {name.upper() for kind in kinds for name in kind.model_fields}
    assert settings.setting_names(ROOT, service) == fields


def test_setting_reaches_only_services_that_have_it(real):
    own = with_dotenv(real, "CURRENCY=USD\nSHIPPING_FLAT_RATE=700\nSHIPPING_FREE_FROM=5000\nHOLD_SECONDS_ORDERS=60\n")
    specs = list(SPECS.values())
    env = {name: environment.service(own, specs, spec) for name, spec in SPECS.items()}
    assert env["catalog"]["CURRENCY"] == env["orders"]["CURRENCY"] == "USD"
    assert (env["orders"]["SHIPPING_FLAT_RATE"], env["orders"]["SHIPPING_FREE_FROM"]) == ("700", "5000")
    assert env["orders"]["HOLD_SECONDS"] == "60"
    assert not {"CURRENCY", "SHIPPING_FLAT_RATE"} & set(env["identity"])
    assert "SHIPPING_FLAT_RATE" not in env["catalog"]


def test_environment_overrides_dotenv(real, monkeypatch):
    monkeypatch.setattr("mercat.installation.installation.read_dotenv", lambda _: {"CURRENCY": "USD"})
    monkeypatch.setenv("CURRENCY", "CHF")
    from mercat.installation import locate

    assert locate().user_settings["CURRENCY"] == "CHF"


def test_generated_setting_cannot_be_set_for_all_services(real):
    own = with_dotenv(real, "DATABASE_URL=postgresql://elsewhere\nSERVICE_URLS={}\n")
    env = environment.service(own, list(SPECS.values()), SPECS["orders"])
    assert "elsewhere" not in env["DATABASE_URL"]
    assert "catalog" in json.loads(env["SERVICE_URLS"])
    (one, two) = settings.dotenv_warnings(own, SPECS.values())
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
def test_misspelt_name_gets_a_suggestion(real, line, told):
    (said,) = settings.dotenv_warnings(with_dotenv(real, line), SPECS.values())
    assert told in said


@pytest.mark.parametrize("line", ["SHIPPING-FLAT-RATE=700", "CURRENCY USD", "CURRENCY: USD", "=nothing", "9BAD=1"])
def test_malformed_line_is_reported_without_its_content(real, line):
    (said,) = settings.dotenv_warnings(with_dotenv(real, f"# mine\n\nLOG_LEVEL=debug\n{line}\n"), SPECS.values())
    assert said == "Line 4 of .env is not of the form NAME=value, and has no effect."


GOOD = "CURRENCY LOG_LEVEL FAILPOINTS_ORDERS DATABASE_URL_ORDERS DATABASE_OWNER_URL_ORDERS STRIPE_SECRET_KEY SMTP_URL "
GOOD += "MERCAT_STATE PUBLIC_URL MAIL_FROM SHIPPING_FREE_FROM DATABASE_POOL_SIZE_CATALOG"


@pytest.mark.parametrize("name", GOOD.split())
def test_valid_names_cause_no_warning(real, name):
    assert settings.dotenv_warnings(with_dotenv(real, f"{name}=x"), SPECS.values()) == []


def test_two_settings_enable_several_currencies(real):
    rates = '{"EUR": {"rate": 500, "free_from": 10000}, "HUF": {"rate": 199000}}'
    own = with_dotenv(real, f"CURRENCIES=EUR, HUF\nSHIPPING_RATES={rates}\n")
    specs = list(SPECS.values())
    env = {name: environment.service(own, specs, spec) for name, spec in SPECS.items()}
    assert env["catalog"]["CURRENCIES"] == env["orders"]["CURRENCIES"] == "EUR, HUF"
    assert env["orders"]["SHIPPING_RATES"] == rates
    assert settings.dotenv_warnings(own, specs) == []
    desired_state.compute(own, seed=False)
    with pytest.raises(CommandError, match="SHIPPING_RATES has no rate for KWD, which the shop sells in"):
        desired_state.compute(with_dotenv(real, f"CURRENCIES=EUR,KWD\nSHIPPING_RATES={rates}\n"), seed=False)


def test_invalid_value_is_refused_by_name(real):
    own = with_dotenv(real, "CURRENCY=Euro\nHOLD_SECONDS=soon\n")
    with pytest.raises(CommandError) as refused:
        desired_state.compute(own, seed=False)
    assert "catalog: CURRENCY: " in str(refused.value)
    assert "orders: CURRENCY: " in str(refused.value)
    assert "orders: HOLD_SECONDS: " in str(refused.value)
    assert "Euro" not in str(refused.value)  # it might be a secret


@pytest.mark.parametrize("line", ["VALKEY_URL=localhost:6379", "DATABASE_URL_ORDERS=db/orders", "SMTP_URL=mail"])
def test_invalid_url_is_refused_by_name(real, line):
    name = line.partition("=")[0].removesuffix("_ORDERS")
    with pytest.raises(CommandError, match=f"orders: {name}: "):
        desired_state.compute(with_dotenv(real, line), seed=False)


def test_valid_values_are_validated_once(real, monkeypatch):
    own = with_dotenv(real, "SHIPPING_FLAT_RATE=700\n")
    desired_state.compute(own, seed=False)

    def no_more(*_, **__):
        raise AssertionError("it was tried out again")

    monkeypatch.setattr(subprocess, "run", no_more)
    desired_state.compute(own, seed=False)
    with pytest.raises(AssertionError):
        desired_state.compute(with_dotenv(real, "SHIPPING_FLAT_RATE=800\n"), seed=False)


def test_settings_module_with_an_import_error_is_reported(real, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CommandError, match="The settings could not be tried out"):
        settings.validate(real, {"orders": {}})
