from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from mercat.config import environment, services
from mercat.installation import CommandError, secrets
from mercat.tests.conftest import add_service


@pytest.fixture
def specs(installation):
    for name, port in (("identity", 8001), ("catalog", 8002), ("payments", 8004)):
        add_service(installation, name, port)
    add_service(installation, "orders", 8003, calls="catalog", follows="payments")
    add_service(installation, "pages", 8010, reads="catalog", routes="/", database='""')
    return {spec.name: spec for spec in services.discover(installation.root)}


def of(installation, specs, name):
    return environment.service(installation, list(specs.values()), specs[name])


def but(installation, **user_settings):
    return replace(installation, user_settings={**installation.user_settings, **user_settings})


REAL = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


def test_service_environment_has_all_required_settings(installation, specs):
    env = of(replace(installation, offset=100, replicas=2), specs, "orders")
    assert env["ENVIRONMENT"] == "development"
    assert env["PUBLIC_URL"] == "http://localhost:8180"
    assert json.loads(env["SERVICE_URLS"])["catalog"] == ["http://127.0.0.1:8102", "http://127.0.0.1:8112"]
    assert set(json.loads(env["SERVICE_URLS"])) == {"orders", "catalog", "payments", "identity"}
    assert set(json.loads(of(installation, specs, "catalog")["SERVICE_URLS"])) == {"catalog", "identity"}
    assert env["SERVICE_KEY_FILE"] == str(installation.keys / "orders.pem")
    assert env["CALLERS_FILE"] == str(installation.keys / "orders.callers.json")
    assert env["SMTP_URL"] == "smtp://127.0.0.1:1125"
    assert env["VALKEY_URL"].endswith("@127.0.0.1:26479/0")
    assert env["MERCAT_SUPERVISED"] == str(installation.state)


def test_identity_issues_tokens_for_every_service(installation, specs):
    add_service(installation, "greeter", 8008)
    added = {spec.name: spec for spec in services.discover(installation.root)}
    assert set(json.loads(of(installation, added, "identity")["AUDIENCES"])) == {*specs, "greeter"}
    assert "AUDIENCES" not in of(installation, specs, "orders")


def test_service_uses_the_socket_and_a_role_that_owns_no_tables(installation, specs):
    url = urlsplit(of(installation, specs, "orders")["DATABASE_URL"])
    assert (url.username, url.path) == ("orders", "/orders")
    assert url.password == secrets.password(installation, "postgres-orders")
    assert parse_qs(url.query) == {"host": [str(installation.sockets)], "port": ["15432"]}


def test_a_service_without_a_database_is_given_none(installation, specs):
    env = of(installation, specs, "pages")
    assert not [name for name in env if "DATABASE" in name]
    assert set(json.loads(env["SERVICE_URLS"])) == {"pages", "catalog", "identity"}


def test_migrations_use_the_owner_role(installation, specs):
    env = environment.migration(installation, specs["orders"])
    assert urlsplit(env["DATABASE_URL"]).username == "orders_owner"
    assert (env["RUNTIME_ROLE"], env["AUDITOR_ROLE"]) == ("orders", "orders_auditor")


def test_only_catalog_with_a_bucket_gets_aws_credentials(installation, specs):
    aws = dict.fromkeys(environment.S3, "x")
    folder = of(but(installation, **aws), specs, "catalog")
    assert folder["MEDIA_DIR"] == str(installation.media)
    assert not aws.keys() & folder.keys()
    shop = but(installation, **aws, MEDIA_URL="s3://a-bucket/media")
    assert aws.items() <= of(shop, specs, "catalog").items()
    assert not aws.keys() & of(shop, specs, "orders").keys()


def test_only_payments_gets_stripe_keys(installation, specs):
    for each in (installation, but(installation, **REAL)):
        keys = set(environment.payments(each).values()) - {""}
        for name in ("identity", "catalog", "orders"):
            assert not keys & set(of(each, specs, name).values())
        assert keys <= set(of(each, specs, "payments").values())


def test_the_double_has_the_keys_of_payments(installation, specs):
    env, double = of(installation, specs, "payments"), environment.stripe_double(installation)
    assert env["STRIPE_API_BASE"] == "http://127.0.0.1:8005"
    assert env["STRIPE_PAY_URL"] == "http://localhost:8005/pay"
    assert env["STRIPE_SCRIPT_URL"] == "http://localhost:8005/js/stripe.js"
    assert of(installation, specs, "pages")["STRIPE_DOUBLE_ORIGIN"] == "http://localhost:8005"
    for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET"):
        assert env[f"STRIPE_{name}"] == double[f"STRIPE_DOUBLE_{name}"]
    assert double["STRIPE_DOUBLE_WEBHOOK_URL"] == "http://127.0.0.1:8080/webhooks/stripe"


def test_with_stripe_keys_real_stripe_is_used(installation, specs):
    env = of(but(installation, **REAL), specs, "payments")
    assert env["STRIPE_SECRET_KEY"] == "sk_live_1"
    assert env["STRIPE_API_BASE"] == env["STRIPE_PAY_URL"] == ""
    assert "STRIPE_SCRIPT_URL" not in env
    assert of(but(installation, **REAL), specs, "pages")["STRIPE_DOUBLE_ORIGIN"] == ""
    older = "https://js.stripe.com/clover/stripe.js"
    assert of(but(installation, **REAL, STRIPE_SCRIPT_URL=older), specs, "payments")["STRIPE_SCRIPT_URL"] == older
    assert of(but(installation, STRIPE_SCRIPT_URL=older), specs, "payments")["STRIPE_SCRIPT_URL"].startswith(
        "http://localhost"
    )


def test_incomplete_stripe_keys_are_refused_by_name(installation):
    with pytest.raises(CommandError, match="STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET"):
        environment.payments(but(installation, STRIPE_SECRET_KEY="sk_live_1"))


def test_only_identity_gets_the_key_encryption_key(installation, specs):
    assert "KEY_ENCRYPTION_KEY_FILE" in of(installation, specs, "identity")
    assert "KEY_ENCRYPTION_KEY_FILE" not in of(installation, specs, "orders")


def test_servers_of_the_user_replace_the_embedded_ones(installation, specs):
    own = but(installation, DATABASE_URL_ORDERS="postgresql://me:x@db/o", VALKEY_URL="valkey://v", SMTP_URL="smtp://m")
    env = of(own, specs, "orders")
    assert env["DATABASE_URL"] == "postgresql://me:x@db/o"
    assert env["VALKEY_URL"] == "valkey://v"
    assert env["SMTP_URL"] == "smtp://m"
    assert urlsplit(of(own, specs, "catalog")["DATABASE_URL"]).path == "/catalog"


def test_user_database_migrates_with_its_owner_url(installation, specs):
    own = but(installation, DATABASE_URL_ORDERS="postgresql://me%40x:x@db/o")
    assert environment.migration(own, specs["orders"])["DATABASE_URL"] == "postgresql://me%40x:x@db/o"
    assert environment.migration(own, specs["orders"])["RUNTIME_ROLE"] == "me@x"
    own = but(own, DATABASE_OWNER_URL_ORDERS="postgresql://boss:x@db/o")
    assert environment.migration(own, specs["orders"])["DATABASE_URL"] == "postgresql://boss:x@db/o"


def test_setting_with_a_service_suffix_reaches_that_service_only(installation, specs):
    own = but(
        installation, FAILPOINTS_ORDERS="checkout.after_reserve=kill", LOG_LEVEL="debug", LOG_LEVEL_ORDERS="error"
    )
    assert of(own, specs, "orders")["FAILPOINTS"] == "checkout.after_reserve=kill"
    assert of(own, specs, "orders")["LOG_LEVEL"] == "error"
    assert "FAILPOINTS" not in of(own, specs, "catalog")
    assert of(own, specs, "catalog")["LOG_LEVEL"] == "debug"


def test_other_environment_variables_reach_no_process(installation, specs):
    own = but(installation, AWS_SECRET_ACCESS_KEY="hush", PGPASSWORD="hush", PYTHONPATH="/elsewhere")
    everybody = [of(own, specs, name) for name in specs]
    everybody += [environment.portal(own), environment.stripe_double(own), environment.base(own)]
    for env in everybody:
        assert not {"AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "PYTHONPATH"} & set(env)
