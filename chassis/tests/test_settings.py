from __future__ import annotations

import pytest

from chassis.settings import Settings, WrongSettings, read_settings

GOOD = {"database_url": "postgresql:///x", "service_key_file": "/k", "callers_file": "/c"}


def test_environment_variables_are_read(monkeypatch):
    for name, value in GOOD.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("SERVICE_URLS", '{"catalog": "http://a", "orders": ["http://b", "http://c"]}')
    monkeypatch.setenv("TRUSTED_PROXIES", '["10.0.0.0/8"]')
    settings = read_settings(Settings)
    assert settings.service_urls == {"catalog": ["http://a"], "orders": ["http://b", "http://c"]}
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8"]


def test_secrets_may_be_files(monkeypatch, tmp_path):
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
def test_failpoints_never_reach_customers(environment):
    with pytest.raises(WrongSettings, match="must be empty in staging and production"):
        read_settings(Settings, **GOOD, environment=environment, failpoints="a=kill")
