from __future__ import annotations

import pytest

from chassis.config import Settings, WrongSettings, local_or_plain, read_settings
from chassis.mail import MailSettings

GOOD = {"database_url": "postgresql:///x", "service_key_file": "/k", "callers_file": "/c"}


def test_environment_variables_are_read(monkeypatch):
    for name, value in GOOD.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("SERVICE_URLS", '{"catalog": "http://a", "orders": ["http://b", "http://c"]}')
    monkeypatch.setenv("TRUSTED_PROXIES", '["10.0.0.0/8"]')
    settings = read_settings(Settings)
    assert settings.service_urls == {"catalog": ["http://a"], "orders": ["http://b", "http://c"]}
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8"]


def test_secrets_can_be_read_from_files(monkeypatch, tmp_path):
    (tmp_path / "database_url").write_text("postgresql:///from-file")
    monkeypatch.setenv("MERCAT_SECRETS_DIR", str(tmp_path))
    settings = read_settings(Settings, service_key_file="/k", callers_file="/c")
    assert settings.database_url.get_secret_value() == "postgresql:///from-file"


def test_every_missing_one_is_named_and_no_value_is_shown():
    with pytest.raises(WrongSettings) as refusal:
        read_settings(Settings, database_url="postgresql://user:geheim@/x", log_level="loud", service_urls=5)
    text = str(refusal.value)
    assert all(name in text for name in ("SERVICE_KEY_FILE", "CALLERS_FILE", "LOG_LEVEL", "SERVICE_URLS"))
    assert "geheim" not in text


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_failpoints_are_refused_in_production(environment):
    with pytest.raises(WrongSettings, match="must be empty in staging and production"):
        read_settings(Settings, **GOOD, environment=environment, failpoints="a=kill")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("database_url", "zzz"),
        ("valkey_url", "localhost:6379"),
        ("smtp_url", "mail.example.com"),
        ("smtp_url", "smtp://user:many"),
        ("mail_from", "nobody"),
        ("failpoints", "a=explode"),
    ],
)
def test_values_that_would_fail_at_the_start_are_refused(name, wrong):
    with pytest.raises(WrongSettings, match=f"{name.upper()}: ") as refusal:
        read_settings(MailSettings, **{**GOOD, name: wrong})
    assert "many" not in str(refusal.value)  # it might be a password


@pytest.mark.parametrize("name", ["valkey_url", "smtp_url"])
def test_an_empty_address_is_none(name):
    assert not getattr(read_settings(MailSettings, **GOOD, **{name: ""}), name)


LIVE = {**GOOD, "environment": "production", "public_url": "https://shop.mercat.store"}


def test_production_refuses_development_settings_by_name():
    unfit = {
        "public_url": "http://localhost:8080",
        "trusted_proxies": ["0.0.0.0/0"],
        "database_url": "postgresql://app:postgres@db/app",
        "valkey_url": "valkey://:changeme@cache/0",
        "mail_from": "Mercat <shop@localhost>",
        "smtp_url": "smtp://127.0.0.1:2525",
    }
    read_settings(MailSettings, **GOOD, **{name: value for name, value in unfit.items() if name not in GOOD})
    with pytest.raises(WrongSettings) as refusal:
        read_settings(MailSettings, **{**LIVE, **unfit})
    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines if line.split()[0].isupper()] == [name.upper() for name in unfit]
    assert not [line for line in lines if "changeme" in line or "app:postgres" in line]
    fit = {"mail_from": "Mercat <shop@mercat.store>", "valkey_url": "valkey://:x9@cache/0"}
    assert read_settings(MailSettings, **LIVE, **fit).environment == "production"
    for url in ("smtp://localhost", "smtp://mail.localhost:25", "smtp://[::1]:25", "smtp://0.0.0.0"):
        with pytest.raises(WrongSettings, match="SMTP_URL"):
            read_settings(MailSettings, **LIVE, **fit, smtp_url=url)
    for url in ("smtps://u:p@mail.mercat.store", "smtp://10.0.3.7:25", "smtp://relay.mail.svc"):
        assert read_settings(MailSettings, **LIVE, **fit, smtp_url=url).smtp_url


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("https://shop.mercat.store", False),
        ("https://8.8.8.8:8443", False),
        ("http://shop.mercat.store", True),
        ("https://localhost", True),
        ("https://LOCALHOST.:8443/", True),
        ("https://a.localhost", True),
        ("https://127.0.0.1", True),
        ("https://[::1]", True),
        ("https://10.0.0.8", True),
        ("https://shop.example", True),
        ("https://", True),
        ("shop", True),
    ],
)
def test_production_refuses_loopback_and_unencrypted_addresses(url, local):
    assert local_or_plain(url) is local


def test_the_limit_of_reads_is_a_rate():
    assert read_settings(Settings, **GOOD, read_limit="60/s").read_limit == "60/s"
    with pytest.raises(WrongSettings, match="READ_LIMIT"):
        read_settings(Settings, **GOOD, read_limit="many")


def test_the_configuration_has_its_public_names_and_no_other():
    from chassis import config

    assert all(getattr(config, name) for name in config.__all__)
    with pytest.raises(AttributeError, match="nothing_of_it"):
        config.nothing_of_it  # noqa: B018 -- reading it is what is tried
