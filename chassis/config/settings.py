"""Settings that every service has: environment variables, or files of the same names in MERCAT_SECRETS_DIR.

They are read once at start. A missing or wrong one ends the start with its name: a service never runs half-configured.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chassis.limits import gcra
from chassis.resilience import failpoints

# Passwords of examples and container images.
KNOWN_PASSWORDS = frozenset(
    ["", "postgres", "valkey", "redis", "mercat", "password", "secret", "changeme", "change-me"]
)
_NOT_PUBLIC = (".localhost", ".local", ".example", ".test", ".invalid")
# The first of each is the one to name; the others mean the same or nearly so.
_SCHEMES = {
    "database_url": ("postgresql", "postgres"),
    "database_reader_url": ("postgresql", "postgres"),
    "valkey_url": ("valkey", "valkeys", "redis", "rediss", "unix"),
}
# As a browser sends it: no path, no wildcard, the host's name in lower case.
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:[0-9]{1,5})?")
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


# Some names, in an environment variable with commas between them.
Names = Annotated[
    list[str],
    NoDecode,
    BeforeValidator(lambda value: [name for name in value.split(",") if name] if isinstance(value, str) else value),
]


class CommonSettings(BaseSettings):
    """What every service needs. One with a database has more: `Settings`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    # Where it runs. Production refuses settings that are only fit for a laptop, staging and production failpoints.
    environment: Literal["development", "test", "staging", "production"] = "development"
    # valkey://:password@host:port/0; without it each process counts limits and keeps its cache by itself.
    valkey_url: SecretStr | None = None
    # The file of the private key that signs this service's calls to others.
    service_key_file: Path
    # The file of the public keys of the services that may call this one.
    callers_file: Path
    # Where the services are that this one calls or follows, and identity: {"identity": ["http://127.0.0.1:8001"]}.
    service_urls: dict[str, list[str]] = Field(default_factory=dict)
    # Who issues the access tokens; the same for the whole store.
    issuer: str = "mercat"
    # One value for the whole store: identity signs tokens of this life, nobody takes one of a longer life, and ended
    # sessions are remembered for as long as a token of theirs might be shown.
    access_token_seconds: int = Field(default=300, ge=60, le=900)
    # The address that shoppers know: links in mails lead there.
    public_url: str = "http://localhost:8080"
    # Origins whose pages may use the API from a browser, with commas between them; nobody else's may.
    cors_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    # Networks of the proxies that may say from which address a request comes.
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(default_factory=lambda: list(LOOPBACK))
    # Public reads of one address, in each process.
    read_limit: str = "12000/min"
    # The longest pause before another service that is away is asked for its feed again.
    follow_pause_seconds: float = Field(default=2.0, ge=0.001, le=60)
    # Who follows this service's events beside those in its service.yaml, such as a service of another repository; with
    # commas between them.
    followed_by: Names = Field(default_factory=list)
    # For tests: where to fail, and how.
    failpoints: str = ""
    # Of the image; shown by the metrics.
    mercat_version: str = "unknown"
    # What is logged: this and what is graver.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # Where spans are sent by OTLP over HTTP, such as http://collector:4318; empty: nowhere (docs/traces.md).
    otel_exporter_otlp_endpoint: str = ""
    # The share of traces whose spans are sent, beside errors and payments, which are all sent.
    trace_share: float = Field(default=0.05, ge=0, le=1)

    @field_validator("service_urls", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: [url] if isinstance(url, str) else url for name, url in value.items()}
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _exact_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        origins = [part.strip() for part in value.split(",") if part.strip()]
        if not all(map(_ORIGIN.fullmatch, origins)):
            raise ValueError("an origin is https://name or https://name:port, without a path and without a wildcard")
        return origins

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _can_be_sent_to(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("it is of the form http://host:4318 or https://host")
        if value and any(find_spec(name) is None for name in ("opentelemetry", "opentelemetry.sdk")):
            raise ValueError("the packages for it are missing here: docs/traces.md names them")
        return value

    @field_validator("read_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return gcra.rate(value)

    def unfit_for_production(self) -> Iterator[str]:
        """A line for each setting that production refuses: its name and what to set. A service adds its own."""
        if local_or_plain(self.public_url):
            yield "PUBLIC_URL is the laptop's or not encrypted: set the https:// address that shoppers know"
        if any(local_or_plain(origin) for origin in self.cors_origins):
            yield "CORS_ORIGINS names an origin that is local or not encrypted: name https:// origins alone"
        if any(network.prefixlen == 0 for network in self.trusted_proxies):
            yield "TRUSTED_PROXIES lets anybody say where a request comes from: name your load balancers' networks"
        for name in _SCHEMES:
            url = getattr(self, name, None)
            if url is not None and urlsplit(url.get_secret_value()).password in KNOWN_PASSWORDS:
                yield f"{name.upper()} has a password that everybody knows: set one of its own"

    @field_validator("failpoints")
    @classmethod
    def _known_actions(cls, value: str) -> str:
        failpoints.parse(value)
        return value

    @field_validator(*_SCHEMES, check_fields=False)
    @classmethod
    def _an_address(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        schemes = _SCHEMES[info.field_name or ""]
        if value and urlsplit(value.get_secret_value()).scheme not in schemes:
            raise ValueError(f"it must begin with {schemes[0]}://")
        return value

    @model_validator(mode="after")
    def _fit_for_the_environment(self) -> Self:
        unfit = []
        if self.failpoints and self.environment in {"staging", "production"}:
            unfit.append("FAILPOINTS is for tests: it must be empty in staging and production")
        if self.environment == "production":
            unfit += self.unfit_for_production()
        if unfit:
            raise ValueError("\n  ".join([f"ENVIRONMENT={self.environment} refuses:", *unfit]))
        return self


def local_or_plain(url: str) -> bool:
    """Whether an address is not https, or one that nobody else can reach."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or not host or host == "localhost" or host.endswith(_NOT_PUBLIC):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


S = TypeVar("S", bound=CommonSettings)


class WrongSettings(RuntimeError):
    """One or more settings are missing or wrong; the message names each, and never its value."""


def read_settings(kind: type[S], **overrides: object) -> S:
    """Settings of `kind` from the environment; `overrides` win.

    Raises:
        WrongSettings: with one line for each setting at fault.
    """
    secrets = os.environ.get("MERCAT_SECRETS_DIR")
    try:
        return kind(**overrides, _secrets_dir=secrets)  # type: ignore[arg-type]  # by name
    except ValidationError as wrong:
        lines = [
            f"{'_'.join(map(str, error['loc'])).upper() or 'settings'}: {error['msg'].removeprefix('Value error, ')}"
            for error in wrong.errors()
        ]
        raise WrongSettings("These settings are missing or wrong:\n  " + "\n  ".join(lines)) from None
