"""The settings that each process gets, and nothing beside them: a secret reaches only who needs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from chassis.config import ServiceSpec
from mercat import keep, services, settings
from mercat.refusal import Refusal
from mercat.store import Store

# What any process may know of the person's environment; a change of it is no reason to start anything again.
COMMON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
# What an endpoint at Stripe is to be subscribed to; see services/payments/README.md.
_WEBHOOKS = (
    *("payment_intent.amount_capturable_updated", "payment_intent.succeeded", "payment_intent.canceled"),
    *("payment_intent.payment_failed", "charge.refunded", "refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn"),
    *("charge.dispute.funds_reinstated", "radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"),
)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
# Where MEDIA_URL names a bucket: who the store is to it, and where it is.
S3 = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL")
# Memory is given back, at a little more CPU: glibc's arenas, and Go's collector in Traefik.
FRUGAL = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "65536", "GOGC": "50", "GOMEMLIMIT": "40MiB"}
# The supervisor and all it starts carry this; the leftovers of a killed store are known by it.
MARK = "MERCAT_SUPERVISED"


def base(store: Store) -> dict[str, str]:
    """What every process of the store gets."""
    known = {name: store.person[name] for name in COMMON if name in store.person}
    return {**known, **FRUGAL, "PYTHONUNBUFFERED": "1", MARK: str(store.state)}


def real_stripe(store: Store) -> bool:
    """Whether the person gave a Stripe key, so that the double stays out."""
    return bool(store.person.get("STRIPE_SECRET_KEY"))


def own_database(store: Store, spec: ServiceSpec) -> str | None:
    """The URL that the person gave for a service's database, instead of the embedded one."""
    return store.person.get(f"DATABASE_URL_{spec.name.upper()}")


def database_url(store: Store, role: str, database: str) -> str:
    """The embedded PostgreSQL through its socket."""
    host = quote(str(store.sockets), safe="")
    secret = keep.password(store, f"postgres-{role}")
    return f"postgresql://{role}:{secret}@/{database}?host={host}&port={store.port('postgres')}"


def owner(spec: ServiceSpec) -> str:
    """The role that owns a service's tables; the role that uses them is named as its database."""
    return f"{spec.database}_owner"


def runtime_url(store: Store, spec: ServiceSpec) -> str:
    """The database as the running service may use it: rows, not tables."""
    return own_database(store, spec) or database_url(store, spec.database, spec.database)


def migration(store: Store, spec: ServiceSpec) -> dict[str, str]:
    """For `python -m chassis.db.migrate`."""
    given = own_database(store, spec)
    if given is None:
        url, role = database_url(store, owner(spec), spec.database), spec.database
    else:
        url = store.person.get(f"DATABASE_OWNER_URL_{spec.name.upper()}", given)
        role = unquote(urlsplit(given).username or "")
    return {**base(store), "DATABASE_URL": url, "RUNTIME_ROLE": role}


def valkey_url(store: Store) -> str:
    """The person's Valkey, or the embedded one."""
    given = store.person.get("VALKEY_URL")
    return given or f"valkey://:{keep.password(store, 'valkey')}@127.0.0.1:{store.port('valkey')}/0"


def service(store: Store, specs: list[ServiceSpec], spec: ServiceSpec) -> dict[str, str]:
    """Everything a service's settings ask for, from its service.yaml and the person's environment."""
    made = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": runtime_url(store, spec),
        "VALKEY_URL": valkey_url(store),
        "SERVICE_KEY_FILE": str(keep.signing_key(store, spec.name)),
        "CALLERS_FILE": str(services.callers_file(store, spec.name)),
        "SERVICE_URLS": json.dumps(services.urls(store, _needed(specs, spec))),
        "PUBLIC_URL": store.public_url,
        "TRUSTED_PROXIES": '["127.0.0.0/8", "::1/128"]',
        "SMTP_URL": store.person.get("SMTP_URL", f"smtp://127.0.0.1:{store.port('smtp')}"),
        "MAIL_FROM": store.person.get("MAIL_FROM", "Mercat <store@mercat.example>"),
    }
    if spec.name == "identity":
        # A person's token is good at every service that there is.
        made["AUDIENCES"] = json.dumps([each.name for each in specs])
    return {**base(store), **made, **_special(store, spec.name), **settings.chosen(store, spec.name)}


def _needed(specs: list[ServiceSpec], spec: ServiceSpec) -> list[ServiceSpec]:
    """The services that one speaks to: whom it calls, whom it follows, and identity, whose keys verify all tokens."""
    names = {*spec.calls, *spec.follows, spec.name, "identity"}
    return [each for each in specs if each.name in names]


def _special(store: Store, name: str) -> dict[str, str]:
    if name == "payments":
        return payments(store)
    if name == "identity":
        return {"KEY_ENCRYPTION_KEY_FILE": str(keep.symmetric_key(store, "key-encryption"))}
    if name == "catalog":
        bucket = store.person.get("MEDIA_URL", "").startswith("s3://")
        reach = {name: store.person[name] for name in S3 if name in store.person} if bucket else {}
        return {"MEDIA_DIR": str(store.media), **reach}
    return {}


def payments(store: Store) -> dict[str, str]:
    """Real Stripe when the person gave its keys, else the double.

    Raises:
        Refusal: one of the three keys is missing.
    """
    if not real_stripe(store):
        return {
            "STRIPE_SECRET_KEY": keep.token(store, "stripe-secret", "sk_test_"),
            "STRIPE_PUBLISHABLE_KEY": keep.token(store, "stripe-publishable", "pk_test_"),
            "STRIPE_WEBHOOK_SECRET": keep.token(store, "stripe-webhook", "whsec_"),
            "STRIPE_API_BASE": store.url("stripe_double"),
            "STRIPE_PAY_URL": f"{double_in_browser(store)}/pay",
            "STRIPE_SCRIPT_URL": f"{double_in_browser(store)}/js/stripe.js",
        }
    missing = [name for name in _STRIPE if not store.person.get(name)]
    if missing:
        raise Refusal(f"STRIPE_SECRET_KEY is set, so Stripe itself is used; it also needs {' and '.join(missing)}.")
    keys = {name: store.person[name] for name in _STRIPE}
    reach = {name: store.person[name] for name in _PROXIES if name in store.person}
    return {**keys, **reach, "STRIPE_API_BASE": "", "STRIPE_PAY_URL": "", **_script(store)}


def _script(store: Store) -> dict[str, str]:
    """Which of Stripe's own scripts, if the person chose one."""
    given = store.person.get("STRIPE_SCRIPT_URL")
    return {"STRIPE_SCRIPT_URL": given} if given else {}


def double_in_browser(store: Store) -> str:
    """The origin of the double as a browser on this machine knows it: another than the store's own."""
    return f"http://localhost:{store.port('stripe_double')}"


def stripe_double(store: Store) -> dict[str, str]:
    """For the stand-in: the same keys as payments has, and a book that lasts."""
    keys = payments(store)
    return {
        **base(store),
        "STRIPE_DOUBLE_BOOK": str(store.state / "stripe_double.book"),
        "STRIPE_DOUBLE_SECRET_KEY": keys["STRIPE_SECRET_KEY"],
        "STRIPE_DOUBLE_PUBLISHABLE_KEY": keys["STRIPE_PUBLISHABLE_KEY"],
        "STRIPE_DOUBLE_WEBHOOK_SECRET": keys["STRIPE_WEBHOOK_SECRET"],
        "STRIPE_DOUBLE_WEBHOOK_URL": f"{store.url('http')}/webhooks/stripe",
        "STRIPE_DOUBLE_WEBHOOK_EVENTS": ",".join(_WEBHOOKS),
        "STRIPE_DOUBLE_PUBLIC_URL": double_in_browser(store),
    }


def portal(store: Store) -> dict[str, str]:
    """For the front page, the docs and the mail catcher."""
    return {
        **base(store),
        "PORTAL_ROOT": str(store.root),
        "PORTAL_STATE": str(store.state),
        "PORTAL_SMTP_PORT": str(store.port("smtp")),
        "PORTAL_PUBLIC_URL": store.public_url,
        "PORTAL_DOUBLE_ORIGIN": "" if real_stripe(store) else double_in_browser(store),
    }


def binary(name: str) -> Path:
    """A program that came with the virtual environment."""
    return Path(sys.executable).parent / name
