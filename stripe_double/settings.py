"""The settings, read from the environment variables STRIPE_DOUBLE_*."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

API_VERSION = "2026-10-28.endive"
"""The API version of all answers; the `stripe` SDK 16.1 pins it."""
NAMED = {"live": {"endpoint": 25, "total": 100}, "sandbox": {"endpoint": 25, "total": 25}}
"""Stripe's limits in calls a second. Source: https://docs.stripe.com/rate-limits."""
DEFAULT_DATABASE = "stripe-double.sqlite3"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `webhook_url` None: events stay in the database. `public_url` is the double's URL for browsers.

    `webhook_events` are the event types that the endpoint is subscribed to; None is all. `webhook_secret` may be two
    with a comma while a secret is rotated. `limits` None: calls are not limited.
    """

    database: Path = Path(DEFAULT_DATABASE)
    secret_key: str = "sk_test_mercat"  # noqa: S105 -- a key of a double guards no money
    publishable_key: str = "pk_test_mercat"
    webhook_url: str | None = None
    webhook_secret: str = "whsec_mercat"  # noqa: S105 -- see secret_key
    public_url: str = "http://127.0.0.1:12111"
    webhook_events: frozenset[str] | None = None
    limits: dict[str, int] | None = None

    def __post_init__(self) -> None:
        for name in ("webhook_url", "public_url"):
            _require_http(name, getattr(self, name))

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read STRIPE_DOUBLE_*.

        Raises:
            ValueError: a URL or limit is invalid, or ENVIRONMENT is production.
        """
        if env.get("ENVIRONMENT") == "production":
            raise ValueError("The double of Stripe does not run with ENVIRONMENT=production: use Stripe itself")
        given = {
            name: env[variable]
            for name in ("secret_key", "publishable_key", "webhook_url", "webhook_secret", "public_url")
            if env.get(variable := f"STRIPE_DOUBLE_{name.upper()}")
        }
        database = Path(env.get("STRIPE_DOUBLE_BOOK") or DEFAULT_DATABASE)
        events = frozenset(filter(None, env.get("STRIPE_DOUBLE_WEBHOOK_EVENTS", "").split(",")))
        named = env.get("STRIPE_DOUBLE_LIMITS", "")
        if named not in {"", *NAMED}:
            raise ValueError(f"STRIPE_DOUBLE_LIMITS must be empty or one of {', '.join(NAMED)}, not {named!r}")
        return cls(database=database, webhook_events=events or None, limits=NAMED.get(named), **given)


def _require_http(name: str, url: str | None) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"STRIPE_DOUBLE_{name.upper()} must be an http(s) address, not {url!r}")
