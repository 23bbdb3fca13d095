"""Alertmanager's configuration from its template, deploy/observability/alertmanager: for a laptop and for a cluster."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml

TEXTS = "mercat.tmpl"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where alerts go from here. `dashboard` and `runbook` are links in Go's template language, with .Labels and
    .Annotations of an alert, such as https://grafana.example{{ .Annotations.dashboard }}.

    `secrets` is the folder of slack_api_url, smtp_password and dead_man_url, as Alertmanager sees it; `templates` that
    of mercat.tmpl.
    """

    secrets: str
    templates: str
    smtp: str
    mail_from: str
    mail_to: str
    dashboard: str
    runbook: str
    mail_user: str = ""
    channel: str = ""
    dead_man: bool = True


def texts(template: Path, place: Place) -> str:
    """The content of mercat.tmpl: what mails and messages say."""
    return Template((template / TEXTS).read_text(encoding="utf-8")).substitute(asdict(place))


def configuration(template: Path, place: Place) -> dict[str, Any]:
    """The content of alertmanager.yml; `template` is the folder of the template.

    Without `channel` nothing goes to Slack, without `mail_user` the mail server asks for no login and no TLS (a
    laptop's), without `dead_man` nobody is told of the Watchdog.
    """
    source = yaml.safe_load((template / "alertmanager.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = _filled(source, asdict(place))
    pages, _, dead_man = found["receivers"]
    if not place.channel:
        del pages["slack_configs"]
    if not place.dead_man:
        del dead_man["webhook_configs"]
    if not place.mail_user:
        del found["global"]["smtp_auth_username"], found["global"]["smtp_auth_password_file"]
        found["global"]["smtp_require_tls"] = False
    return found


def _filled(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    return Template(value).substitute(values) if isinstance(value, str) else value
