"""Writes what Prometheus and Alertmanager read, and the commands that run them.

The rules and Alertmanager's template are those of a cluster, deploy/observability. Files are written as JSON, which is
valid YAML.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from chassis.config import ServiceSpec
from mercat.config import alertmanager
from mercat.installation import CommandError, Installation, secrets
from mercat.observe import shorter
from mercat.observe.targets import targets

# What was measured is kept for so long, and no more than so much of it.
RETENTION, MAX_SIZE = "31d", "1GB"
_SCRAPE, _SCRAPE_SHORT = "15s", "1s"
_FACTOR, _SLACK = "MERCAT_ALERTS_FASTER", "MERCAT_ALERTS_SLACK_URL"
_MAX_FACTOR = 1000
_MAIL_FROM, MAIL_TO = "alerts@mercat.example", "operators@mercat.example"


def folder(installation: Installation) -> Path:
    """The folder of configuration and data: `observe` in the state folder."""
    return installation.state / "observe"


def rules_folder(installation: Installation) -> Path:
    """The folder of the rules in the project."""
    return installation.root / "deploy" / "observability" / "rules"


def factor(installation: Installation) -> int:
    """By how much every duration of rules and notifications is divided: 1, or MERCAT_ALERTS_FASTER.

    Raises:
        CommandError: it is no whole number between 1 and 1000.
    """
    text = installation.user_settings.get(_FACTOR) or "1"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MAX_FACTOR:
        raise CommandError(f"{_FACTOR} must be a whole number between 1 and {_MAX_FACTOR}, not {text!r}.")
    return int(text)


def write(installation: Installation, specs: list[ServiceSpec], processes: Collection[str]) -> None:
    """Write all files. Unchanged ones are not written; Prometheus reads the targets again when they change."""
    here = folder(installation)
    (here / "rules").mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(here / "targets.json", targets(installation, specs, processes, each_second=factor(installation) > 1))
    _write(here / "prometheus.yml", prometheus(installation))
    _write_rules(installation)
    for path, content in alertmanager_files(installation).items():
        secrets.write_private(path, content)


def _write(path: Path, content: Any) -> None:
    secrets.write_private(path, json.dumps(content, indent=1).encode())


def _write_rules(installation: Installation) -> None:
    """Copy the rules, with durations divided; remove those that are gone from the project."""
    target, wanted = folder(installation) / "rules", set[str]()
    for path in sorted(rules_folder(installation).glob("*.yaml")):
        wanted.add(path.name)
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        _write(target / path.name, shorter.rules(content, factor(installation)))
    for path in target.glob("*.yaml"):
        if path.name not in wanted:
            path.unlink()


def alertmanager_files(installation: Installation) -> dict[Path, bytes]:
    """Alertmanager's files by path: mail to the portal's mail page, pages to Slack if the user has named a webhook."""
    here, slack = folder(installation), installation.user_settings.get(_SLACK, "")
    template = installation.root / "deploy" / "observability" / "alertmanager"
    page = f"http://localhost:{installation.port('http')}/observe"
    place = alertmanager.Place(
        secrets=str(here),
        templates=str(here),
        smtp=f"127.0.0.1:{installation.port('smtp')}",
        mail_from=_MAIL_FROM,
        mail_to=MAIL_TO,
        dashboard=page,
        runbook=f"{page}/runbooks/{{{{ .Labels.alertname }}}}",
        channel="#alerts" if slack else "",
        dead_man=False,
    )
    configured = shorter.notifications(alertmanager.configuration(template, place), factor(installation))
    return {
        here / "alertmanager.yml": json.dumps(configured, indent=1).encode(),
        here / alertmanager.TEXTS: alertmanager.texts(template, place).encode(),
        here / "slack_api_url": slack.encode(),
    }


def prometheus(installation: Installation) -> dict[str, Any]:
    """The configuration of Prometheus."""
    interval = _SCRAPE if factor(installation) == 1 else _SCRAPE_SHORT
    here = folder(installation)
    return {
        "global": {
            "scrape_interval": interval,
            "scrape_timeout": interval if interval == _SCRAPE_SHORT else "10s",
            "evaluation_interval": interval,
            "external_labels": {"environment": "laptop"},
        },
        "rule_files": [str(here / "rules" / "*.yaml")],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{installation.port('alertmanager')}"]}]}]
        },
        "scrape_configs": [{"job_name": "store", "file_sd_configs": [{"files": [str(here / "targets.json")]}]}],
    }


def prometheus_arguments(installation: Installation) -> list[str]:
    """The arguments of Prometheus: loopback, and data that are bounded by time and size."""
    here = folder(installation)
    return [
        f"--config.file={here / 'prometheus.yml'}",
        f"--storage.tsdb.path={here / 'prometheus'}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--storage.tsdb.retention.size={MAX_SIZE}",
        f"--web.listen-address=127.0.0.1:{installation.port('prometheus')}",
        f"--web.external-url={installation.url('prometheus')}",
        # By default the pages of every site may read it.
        f"--web.cors.origin={installation.url('prometheus')}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]


def alertmanager_arguments(installation: Installation) -> list[str]:
    """The arguments of Alertmanager: alone, on loopback."""
    here = folder(installation)
    return [
        f"--config.file={here / 'alertmanager.yml'}",
        f"--storage.path={here / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{installation.port('alertmanager')}",
        f"--web.external-url={installation.url('alertmanager')}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
