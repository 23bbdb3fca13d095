from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from mercat import environment, keep, services
from mercat.refusal import Refusal
from mercat.tests.conftest import add_service


@pytest.fixture
def specs(store):
    for name, port in (("identity", 8001), ("catalog", 8002), ("payments", 8004)):
        add_service(store, name, port)
    add_service(store, "orders", 8003, calls="catalog", follows="payments")
    return {spec.name: spec for spec in services.discover(store.root)}


def of(store, specs, name):
    return environment.service(store, list(specs.values()), specs[name])


def but(store, **person):
    return replace(store, person={**store.person, **person})


REAL = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


def test_a_service_gets_what_its_settings_ask_for(store, specs):
    env = of(replace(store, offset=100, replicas=2), specs, "orders")
    assert env["ENVIRONMENT"] == "development"
    assert env["PUBLIC_URL"] == "http://localhost:8180"
    assert json.loads(env["SERVICE_URLS"])["catalog"] == ["http://127.0.0.1:8102", "http://127.0.0.1:8112"]
    assert set(json.loads(env["SERVICE_URLS"])) == {"orders", "catalog", "payments", "identity"}
    assert set(json.loads(of(store, specs, "catalog")["SERVICE_URLS"])) == {"catalog", "identity"}
    assert env["SERVICE_KEY_FILE"] == str(store.keys / "orders.pem")
    assert env["CALLERS_FILE"] == str(store.keys / "orders.callers.json")
    assert env["SMTP_URL"] == "smtp://127.0.0.1:1125"
    assert env["VALKEY_URL"].endswith("@127.0.0.1:26479/0")
    assert env["MERCAT_SUPERVISED"] == str(store.state)


def test_tokens_are_good_at_every_service_that_there_is(store, specs):
    add_service(store, "greeter", 8008)
    added = {spec.name: spec for spec in services.discover(store.root)}
    assert set(json.loads(of(store, added, "identity")["AUDIENCES"])) == {*specs, "greeter"}
    assert "AUDIENCES" not in of(store, specs, "orders")


def test_the_database_is_reached_by_the_socket_as_a_role_without_tables(store, specs):
    url = urlsplit(of(store, specs, "orders")["DATABASE_URL"])
    assert (url.username, url.path) == ("orders", "/orders")
    assert url.password == keep.password(store, "postgres-orders")
    assert parse_qs(url.query) == {"host": [str(store.sockets)], "port": ["15432"]}


def test_migrations_run_as_the_owner(store, specs):
    env = environment.migration(store, specs["orders"])
    assert urlsplit(env["DATABASE_URL"]).username == "orders_owner"
    assert env["RUNTIME_ROLE"] == "orders"


def test_only_a_catalog_with_a_bucket_knows_aws(store, specs):
    aws = dict.fromkeys(environment.S3, "x")
    folder = of(but(store, **aws), specs, "catalog")
    assert folder["MEDIA_DIR"] == str(store.media)
    assert not aws.keys() & folder.keys()
    shop = but(store, **aws, MEDIA_URL="s3://a-bucket/media")
    assert aws.items() <= of(shop, specs, "catalog").items()
    assert not aws.keys() & of(shop, specs, "orders").keys()


def test_only_payments_knows_stripe(store, specs):
    for each in (store, but(store, **REAL)):
        keys = set(environment.payments(each).values()) - {""}
        for name in ("identity", "catalog", "orders"):
            assert not keys & set(of(each, specs, name).values())
        assert keys <= set(of(each, specs, "payments").values())


def test_the_double_has_the_keys_of_payments(store, specs):
    env, double = of(store, specs, "payments"), environment.stripe_double(store)
    assert env["STRIPE_API_BASE"] == "http://127.0.0.1:8005"
    assert env["STRIPE_PAY_URL"] == "http://localhost:8005/pay"
    assert env["STRIPE_SCRIPT_URL"] == "http://localhost:8005/js/stripe.js"
    assert environment.portal(store)["PORTAL_DOUBLE_ORIGIN"] == "http://localhost:8005"
    for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET"):
        assert env[f"STRIPE_{name}"] == double[f"STRIPE_DOUBLE_{name}"]
    assert double["STRIPE_DOUBLE_WEBHOOK_URL"] == "http://127.0.0.1:8080/webhooks/stripe"


def test_with_a_key_of_stripe_it_is_stripe_itself(store, specs):
    env = of(but(store, **REAL), specs, "payments")
    assert env["STRIPE_SECRET_KEY"] == "sk_live_1"
    assert env["STRIPE_API_BASE"] == env["STRIPE_PAY_URL"] == ""
    assert "STRIPE_SCRIPT_URL" not in env
    assert environment.portal(but(store, **REAL))["PORTAL_DOUBLE_ORIGIN"] == ""
    older = "https://js.stripe.com/clover/stripe.js"
    assert of(but(store, **REAL, STRIPE_SCRIPT_URL=older), specs, "payments")["STRIPE_SCRIPT_URL"] == older
    assert of(but(store, STRIPE_SCRIPT_URL=older), specs, "payments")["STRIPE_SCRIPT_URL"].startswith(
        "http://localhost"
    )


def test_a_half_given_stripe_is_refused_with_what_is_missing(store):
    with pytest.raises(Refusal, match="STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET"):
        environment.payments(but(store, STRIPE_SECRET_KEY="sk_live_1"))


def test_only_identity_can_read_the_signing_keys(store, specs):
    assert "KEY_ENCRYPTION_KEY_FILE" in of(store, specs, "identity")
    assert "KEY_ENCRYPTION_KEY_FILE" not in of(store, specs, "orders")


def test_the_persons_own_servers_win(store, specs):
    own = but(store, DATABASE_URL_ORDERS="postgresql://me:x@db/o", VALKEY_URL="valkey://v", SMTP_URL="smtp://m")
    env = of(own, specs, "orders")
    assert env["DATABASE_URL"] == "postgresql://me:x@db/o"
    assert env["VALKEY_URL"] == "valkey://v"
    assert env["SMTP_URL"] == "smtp://m"
    assert urlsplit(of(own, specs, "catalog")["DATABASE_URL"]).path == "/catalog"


def test_an_own_database_migrates_as_its_owner_if_one_is_named(store, specs):
    own = but(store, DATABASE_URL_ORDERS="postgresql://me%40x:x@db/o")
    assert environment.migration(own, specs["orders"])["DATABASE_URL"] == "postgresql://me%40x:x@db/o"
    assert environment.migration(own, specs["orders"])["RUNTIME_ROLE"] == "me@x"
    own = but(own, DATABASE_OWNER_URL_ORDERS="postgresql://boss:x@db/o")
    assert environment.migration(own, specs["orders"])["DATABASE_URL"] == "postgresql://boss:x@db/o"


def test_a_setting_can_be_for_one_service_alone(store, specs):
    own = but(store, FAILPOINTS_ORDERS="checkout.after_reserve=kill", LOG_LEVEL="debug", LOG_LEVEL_ORDERS="error")
    assert of(own, specs, "orders")["FAILPOINTS"] == "checkout.after_reserve=kill"
    assert of(own, specs, "orders")["LOG_LEVEL"] == "error"
    assert "FAILPOINTS" not in of(own, specs, "catalog")
    assert of(own, specs, "catalog")["LOG_LEVEL"] == "debug"


def test_the_persons_other_secrets_reach_nobody(store, specs):
    own = but(store, AWS_SECRET_ACCESS_KEY="hush", PGPASSWORD="hush", PYTHONPATH="/elsewhere")
    everybody = [of(own, specs, name) for name in specs]
    everybody += [environment.portal(own), environment.stripe_double(own), environment.base(own)]
    for env in everybody:
        assert not {"AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "PYTHONPATH"} & set(env)
