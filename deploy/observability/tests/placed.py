"""Writes Alertmanager's configuration as a cluster or a laptop has it."""

import yaml

from deploy.observability.rules.objectives import ROOT
from mercat.config import alertmanager

TEMPLATE = ROOT / "deploy" / "observability" / "alertmanager"


def place(folder, **changed):
    cluster = {
        "secrets": str(folder),
        "templates": str(folder),
        "smtp": "mail.example:587",
        "mail_from": "alerts@shop.example",
        "mail_to": "team@shop.example",
        "mail_user": "alerts",
        "channel": "#shop",
        "dashboard": "https://grafana.example{{ .Annotations.dashboard }}",
        "runbook": "https://git.example/{{ .Annotations.runbook_url }}",
    }
    return alertmanager.Place(**{**cluster, **changed})


def written(folder, **changed):
    here = place(folder, **changed)
    (folder / "mercat.tmpl").write_text(alertmanager.texts(TEMPLATE, here))
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(alertmanager.configuration(TEMPLATE, here)))
    return path
