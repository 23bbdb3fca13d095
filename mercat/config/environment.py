"""The environment variables of each process. Each gets only what it needs: secrets do not reach other processes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from chassis.config import ServiceSpec
from mercat.config import services, settings
from mercat.installation import CommandError, Installation, secrets

# Every process inherits these variables of the user; a change of them restarts nothing.
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
# The event types that the webhook endpoint is subscribed to; see services/payments/README.md.
_WEBHOOKS = (
    *("payment_intent.amount_capturable_updated", "payment_intent.succeeded", "payment_intent.canceled"),
    "payment_intent.requires_action",  # is counted alone
    *("payment_intent.payment_failed", "charge.refunded", "refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn"),
    *("charge.dispute.funds_reinstated", "radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"),
)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
# Credentials and region, used if MEDIA_URL names a bucket.
S3 = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL")
# glibc gives memory back, at a little more CPU. Go's collector in Traefik keeps its own setting: at rest half of it
# (GOGC=50) saves nothing, and with 1,000 connections it costs a sixth more CPU a request.
FRUGAL = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "65536"}
# A password hash takes 19 MiB. To return them after each hash and take them anew costs half as much CPU again.
KEEPS_HASH_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "67108864"}
# The supervisor and all its processes have this variable; orphans are found by it.
SUPERVISED_VARIABLE = "MERCAT_SUPERVISED"


def base(installation: Installation) -> dict[str, str]:
    """The variables that every process gets."""
    known = {name: installation.user_settings[name] for name in INHERITED if name in installation.user_settings}
    return {**known, **FRUGAL, "PYTHONUNBUFFERED": "1", SUPERVISED_VARIABLE: str(installation.state)}


def uses_real_stripe(installation: Installation) -> bool:
    """Whether the user has set a Stripe key; the double is not started then."""
    return bool(installation.user_settings.get("STRIPE_SECRET_KEY"))


def user_database_url(installation: Installation, spec: ServiceSpec) -> str | None:
    """The URL of a service's database if the user has set one; else the service uses the embedded PostgreSQL."""
    return installation.user_settings.get(f"DATABASE_URL_{spec.name.upper()}")


def embedded_database_url(installation: Installation, role: str, database: str) -> str:
    """The URL of a database in the embedded PostgreSQL, through its Unix socket."""
    host = quote(str(installation.sockets), safe="")
    secret = secrets.password(installation, f"postgres-{role}")
    return f"postgresql://{role}:{secret}@/{database}?host={host}&port={installation.port('postgres')}"


def owner_role(spec: ServiceSpec) -> str:
    """The role that owns a service's tables. The role that the service runs with has the name of its database."""
    return f"{spec.database}_owner"


def auditor_role(spec: ServiceSpec) -> str:
    """The role that reads what the checks of the books need."""
    return f"{spec.database}_auditor"


def runtime_database_url(installation: Installation, spec: ServiceSpec) -> str:
    """The database URL of a running service: its role may change rows, not tables."""
    return user_database_url(installation, spec) or embedded_database_url(installation, spec.database, spec.database)


def auditor_database_url(installation: Installation, spec: ServiceSpec) -> str:
    """The database URL of the checks of the books: the auditor's role, or the user's own database."""
    given = user_database_url(installation, spec)
    return given or embedded_database_url(installation, auditor_role(spec), spec.database)


def task(installation: Installation) -> dict[str, str]:
    """The environment of tasks that are part of mercat and call `locate`."""
    names = ("DATABASE_URL_", "MEDIA_URL", *S3)
    given = {name: value for name, value in installation.user_settings.items() if name.startswith(names)}
    here = {"MERCAT_STATE": str(installation.state), "MERCAT_PORT_OFFSET": str(installation.offset)}
    return {**base(installation), **given, **here}


def migration(installation: Installation, spec: ServiceSpec) -> dict[str, str]:
    """The environment of a service's migration, `python -m chassis.db.migrate`."""
    given = user_database_url(installation, spec)
    if given is None:
        url = embedded_database_url(installation, owner_role(spec), spec.database)
        roles = {"RUNTIME_ROLE": spec.database, "AUDITOR_ROLE": auditor_role(spec)}
    else:
        url = installation.user_settings.get(f"DATABASE_OWNER_URL_{spec.name.upper()}", given)
        roles = {"RUNTIME_ROLE": unquote(urlsplit(given).username or "")}
    return {**base(installation), "DATABASE_URL": url, **roles}


def valkey_url(installation: Installation) -> str:
    """The URL of the user's Valkey, or of the embedded one."""
    given = installation.user_settings.get("VALKEY_URL")
    return given or f"valkey://:{secrets.password(installation, 'valkey')}@127.0.0.1:{installation.port('valkey')}/0"


def service(installation: Installation, specs: list[ServiceSpec], spec: ServiceSpec) -> dict[str, str]:
    """The environment of a service: generated values, and the user's settings for it."""
    made = {
        "ENVIRONMENT": "development",
        **({"DATABASE_URL": runtime_database_url(installation, spec)} if spec.database else {}),
        "VALKEY_URL": valkey_url(installation),
        "SERVICE_KEY_FILE": str(secrets.signing_key(installation, spec.name)),
        "CALLERS_FILE": str(services.callers_file(installation, spec.name)),
        "SERVICE_URLS": json.dumps(services.urls(installation, _called_services(specs, spec))),
        "PUBLIC_URL": installation.public_url,
        "TRUSTED_PROXIES": '["127.0.0.0/8", "::1/128"]',
        "SMTP_URL": installation.user_settings.get("SMTP_URL", f"smtp://127.0.0.1:{installation.port('smtp')}"),
        "MAIL_FROM": installation.user_settings.get("MAIL_FROM", "Mercat <store@mercat.example>"),
    }
    if spec.name == "identity":
        # An access token is valid at every service.
        made["AUDIENCES"] = json.dumps([each.name for each in specs])
    return {
        **base(installation),
        **made,
        **_service_specific(installation, spec.name),
        **settings.set_by_user(installation, spec.name),
    }


def _called_services(specs: list[ServiceSpec], spec: ServiceSpec) -> list[ServiceSpec]:
    """The services whose URLs one needs: those it calls, reads or follows, and identity, whose keys verify tokens."""
    names = {*spec.calls, *spec.reads, *spec.follows, spec.name, "identity"}
    return [each for each in specs if each.name in names]


def _service_specific(installation: Installation, name: str) -> dict[str, str]:
    if name == "payments":
        return payments(installation)
    if name == "pages":
        return {"STRIPE_DOUBLE_ORIGIN": "" if uses_real_stripe(installation) else double_public_origin(installation)}
    if name == "identity":
        return {
            "KEY_ENCRYPTION_KEY_FILE": str(secrets.symmetric_key(installation, "key-encryption")),
            **KEEPS_HASH_MEMORY,
        }
    if name == "catalog":
        bucket = installation.user_settings.get("MEDIA_URL", "").startswith("s3://")
        reach = (
            {name: installation.user_settings[name] for name in S3 if name in installation.user_settings}
            if bucket
            else {}
        )
        return {"MEDIA_DIR": str(installation.media), **reach}
    return {}


def payments(installation: Installation) -> dict[str, str]:
    """The Stripe settings: those of the user, or generated ones for the double.

    Raises:
        CommandError: the user has set some but not all of the three keys.
    """
    if not uses_real_stripe(installation):
        return {
            "STRIPE_SECRET_KEY": secrets.token(installation, "stripe-secret", "sk_test_"),
            "STRIPE_PUBLISHABLE_KEY": secrets.token(installation, "stripe-publishable", "pk_test_"),
            "STRIPE_WEBHOOK_SECRET": secrets.token(installation, "stripe-webhook", "whsec_"),
            "STRIPE_API_BASE": installation.url("stripe_double"),
            "STRIPE_PAY_URL": f"{double_public_origin(installation)}/pay",
            "STRIPE_SCRIPT_URL": f"{double_public_origin(installation)}/js/stripe.js",
        }
    missing = [name for name in _STRIPE if not installation.user_settings.get(name)]
    if missing:
        raise CommandError(
            f"STRIPE_SECRET_KEY is set, so Stripe itself is used; it also needs {' and '.join(missing)}."
        )
    keys = {name: installation.user_settings[name] for name in _STRIPE}
    reach = {name: installation.user_settings[name] for name in _PROXIES if name in installation.user_settings}
    return {**keys, **reach, "STRIPE_API_BASE": "", "STRIPE_PAY_URL": "", **_stripe_script(installation)}


def _stripe_script(installation: Installation) -> dict[str, str]:
    """The URL of Stripe's script if the user has set one."""
    given = installation.user_settings.get("STRIPE_SCRIPT_URL")
    return {"STRIPE_SCRIPT_URL": given} if given else {}


def double_public_origin(installation: Installation) -> str:
    """The origin of the double for a browser on this machine, which differs from the store's origin."""
    return f"http://localhost:{installation.port('stripe_double')}"


def stripe_double(installation: Installation) -> dict[str, str]:
    """The environment of the Stripe double: the keys of payments, and a file for its records."""
    keys = payments(installation)
    return {
        **base(installation),
        "STRIPE_DOUBLE_BOOK": str(installation.state / "stripe_double.book"),
        "STRIPE_DOUBLE_SECRET_KEY": keys["STRIPE_SECRET_KEY"],
        "STRIPE_DOUBLE_PUBLISHABLE_KEY": keys["STRIPE_PUBLISHABLE_KEY"],
        "STRIPE_DOUBLE_WEBHOOK_SECRET": keys["STRIPE_WEBHOOK_SECRET"],
        "STRIPE_DOUBLE_WEBHOOK_URL": f"{installation.url('http')}/webhooks/stripe",
        "STRIPE_DOUBLE_WEBHOOK_EVENTS": ",".join(_WEBHOOKS),
        "STRIPE_DOUBLE_PUBLIC_URL": double_public_origin(installation),
    }


def portal(installation: Installation) -> dict[str, str]:
    """The environment of the portal."""
    return {
        **base(installation),
        "PORTAL_ROOT": str(installation.root),
        "PORTAL_STATE": str(installation.state),
        "PORTAL_SMTP_PORT": str(installation.port("smtp")),
        "PORTAL_PROMETHEUS_URL": installation.url("prometheus"),
    }


def venv_program(name: str) -> Path:
    """The path of a program in the virtual environment."""
    return Path(sys.executable).parent / name
