"""Wrong values are refused with a message that names the field and says what to do."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic_settings import BaseSettings as Settings

from deploy.charts import helm
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS, SERVICES, fields, plain_secrets

ORDERS = next(path for path in SERVICES if path.parent.name == "orders")
PRODUCTION = next(path for path in ENVIRONMENTS if path.stem == "production")
CLUSTER = next(path for path in ENVIRONMENTS if path.stem == "cluster")
EXTERNAL = ["secrets.kind=external", "secrets.store=aws", "secrets.prefix=mercat/cluster"]
MANY_ROUTES = ",".join(f"/api/v1/{letter}" for letter in "abcdefghijklmnopqrstuv")
MAIL = "secrets.files.orders.smtp_url"
REFUSED = [
    (PRODUCTION, [], "image.digest of orders is missing"),
    (PRODUCTION, ["image.digest=latest"], "/image/digest"),
    (PRODUCTION, [DIGEST, "replica=3"], "additional properties 'replica' not allowed"),
    (PRODUCTION, [DIGEST, "scale.min=0"], "/scale/min"),
    (PRODUCTION, [DIGEST, "scale.min=41"], "scale.min of orders is 41 and its scale.max 40"),
    (PRODUCTION, [DIGEST, "reaches={moon}"], "/reaches/0"),
    (PRODUCTION, [DIGEST, "domain=shop"], "/domain"),
    (CLUSTER, [DIGEST, "secrets.kind=external"], "missing properties 'store', 'prefix'"),
    (PRODUCTION, [DIGEST, "cache.networks[0]=anywhere"], "/cache/networks/0"),
    (CLUSTER, [DIGEST, *EXTERNAL, "cache.namespace="], "cache of the environment has neither networks nor a namespace"),
    (PRODUCTION, [DIGEST, f"routes={{{MANY_ROUTES}}}"], "orders has 22 routes: an HTTPRoute has room for"),
    (PRODUCTION, [DIGEST, "edge.hosts=null"], "/edge/hosts"),
    (PRODUCTION, [DIGEST, "settings.LOG_LEVEL=debug", "settings.DATABASE_URL=postgresql://u:p@h/d"], "DATABASE_URL"),
    (PRODUCTION, [DIGEST, "service_settings.payments.STRIPE_SECRET_KEY=sk_live_x"], "STRIPE_SECRET_KEY"),
    (PRODUCTION, [DIGEST, "host=api.example"], "host of orders is api.example, which is none of edge.hosts"),
    (CLUSTER, [DIGEST], "secrets.files.orders.callers.json is missing"),
    (CLUSTER, [DIGEST, *(one for one in plain_secrets("orders") if MAIL not in one)], f"{MAIL} is missing"),
]


@pytest.mark.parametrize(("environment", "values", "said"), REFUSED, ids=[case[2] for case in REFUSED])
def test_wrong_values_are_refused(environment: Path, values: list[str], said: str) -> None:
    with pytest.raises(helm.HelmError) as refusal:
        helm.render((ORDERS, environment), release="orders", values=values)
    assert said in str(refusal.value)


def test_no_secret_setting_of_a_service_can_be_written_into_a_config_map() -> None:
    """And each other setting can: `keys` and files below /run/mercat are the way of the secret ones."""
    schema = json.loads((helm.CHART.parent / "environment.schema.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema["$defs"]["settings"])
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for service in SERVICES:
        module = importlib.import_module(f"services.{service.parent.name}.settings")
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Settings):
                for name, field in each.model_fields.items():
                    names["SecretStr" in str(field.annotation)].add(name.upper())
    assert {"DATABASE_URL", "VALKEY_URL", "STRIPE_SECRET_KEY"} <= names[True]
    assert [name for name in names[True] if validator.is_valid({name: "x"})] == []
    # Not secret, but given together with the secret ones.
    assert {name for name in names[False] if not validator.is_valid({name: "x"})} == {"STRIPE_PUBLISHABLE_KEY"}


def test_optional_values_may_be_empty(tmp_path: Path) -> None:
    """As a service of static pages would be: no database, nobody calls it, nobody is followed."""
    file = tmp_path / "service.yaml"
    bare = {"database": "", "calls": [], "follows": [], "routes": [], "reaches": []}
    file.write_text(yaml.safe_dump({**fields(ORDERS), **bare}), encoding="utf-8")
    kinds = {each["kind"] for each in helm.render((file, PRODUCTION), release="orders", values=[DIGEST])}
    assert not kinds & {"Job", "HTTPRoute"}
    assert "Deployment" in kinds
