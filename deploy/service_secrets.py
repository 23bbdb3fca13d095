"""Makes what only the store itself may know: the keys of each service, and whose calls it takes.

`python -m deploy.service_secrets FOLDER` asks for Stripe's three keys and writes FOLDER/<service>.json, the value of
the secret <prefix>/<service>/settings, and FOLDER/values.yaml, the same as Helm values for `secrets.kind: plain` with
the passwords and addresses of deploy/charts/data. The keys stay in FOLDER/keys: the same folder gives the same again.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from getpass import getpass
from pathlib import Path

import yaml

from deploy.charts import helm
from mercat.config import services
from mercat.installation import Installation, secrets

GIVEN = {"payments": ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")}
_HEAD = """\
# Not for git: keep it where you keep passwords. Addresses are of deploy/charts/data. Without smtp_url no mail is sent.
# With backup.bucket, `data` also needs backup_access_key and backup_secret_key. `alertmanager` says where alerts go.
"""
# Of the roles of a service's database, by what its address is called.
_ROLES = {"database_url": "", "database_owner_url": "_owner", "database_auditor_url": "_auditor"}
# By service, by name.
Secrets = dict[str, dict[str, str]]


def made(folder: Path, given: Mapping[str, Mapping[str, str]]) -> Secrets:
    """The settings of each service that are secret, with those `given`; keys that are new are kept in the folder."""
    installation = _installation(folder)
    specs = services.discover(helm.ROOT)
    services.write_callers(installation, specs)
    return {
        spec.name: {
            "SERVICE_KEY": secrets.signing_key(installation, spec.name).read_text(),
            "CALLERS": services.callers_file(installation, spec.name).read_text(),
            **{key.upper(): _base64(secrets.symmetric_key(installation, key)) for key in spec.keys},
            **given.get(spec.name, {}),
        }
        for spec in specs
    }


def _installation(folder: Path) -> Installation:
    installation = Installation(root=helm.ROOT, state=folder, user_settings={})
    installation.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    return installation


def in_cluster(folder: Path) -> Secrets:
    """Each service's addresses of deploy/charts/data, and what this needs itself; the passwords stay in the folder."""
    password = partial(secrets.password, _installation(folder))
    own = {f"{name}_password": password(f"data-{name}") for name in ("administrator", "valkey", "valkey_monitor")}
    place = "database-rw.data.svc:5432"
    return {"data": own, **_watching(password)} | {
        spec.name: {"valkey_url": f"valkey://mercat:{own['valkey_password']}@valkey.data.svc:6379/0", "smtp_url": ""}
        | {
            name: f"postgresql://{role}:{password(f'data-{role}')}@{place}/{spec.database}?sslmode=require"
            for name, role in ((name, f"{spec.database}{suffix}") for name, suffix in _ROLES.items())
            if spec.database
        }
        for spec in services.discover(helm.ROOT)
    }


def _watching(password: Callable[[str], str]) -> Secrets:
    """Of what watches the store: Grafana's administrator, Elasticsearch's users, and where mails of alerts go."""
    return {
        "grafana": {"admin_password": password("grafana")},
        "logs": {f"{name}_password": password(f"logs-{name}") for name in ("writer", "exporter")},
        "alertmanager": {"smtp_smarthost": "localhost:25", "mail_to": "nobody@localhost"},
    }


def files(settings: Mapping[str, str]) -> dict[str, str]:
    """A service's secret settings as the chart's `secrets.files`: by the names of the files below /run/mercat."""
    names = {"SERVICE_KEY": "service_key.pem", "CALLERS": "callers.json"}
    return {names.get(name, name.lower()): value for name, value in settings.items()}


def write(folder: Path, given: Mapping[str, Mapping[str, str]]) -> list[Path]:
    """Write the files, which only their owner may read; their paths."""
    found = made(folder, given)
    addresses = in_cluster(folder)
    values = {"secrets": {"files": {name: files(found.get(name, {})) | each for name, each in addresses.items()}}}
    texts = {f"{name}.json": json.dumps(settings) for name, settings in found.items()}
    texts["values.yaml"] = _HEAD + yaml.safe_dump(values)
    for name, text in texts.items():
        secrets.write_private(folder / name, text.encode())
    return [folder / name for name in texts]


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def main() -> None:
    """Ask, write and say where it is."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("service_secrets: name a folder that only you can read, such as that of `mktemp -d`")
    try:
        given = {service: {name: getpass(f"{name}: ").strip() for name in names} for service, names in GIVEN.items()}
    except EOFError:
        sys.exit("service_secrets: there is nobody to ask: type this in a terminal, or pipe a line for each secret")
    if empty := [name for each in given.values() for name, value in each.items() if not value]:
        sys.exit(f"service_secrets: {', '.join(empty)} is empty; Stripe's dashboard has it (docs/stripe.md)")
    print("\n".join(map(str, write(Path(sys.argv[1]), given))))


if __name__ == "__main__":
    main()
