"""Alertmanager's configuration in a cluster: the template of deploy/observability with what its Secret fills in.

What a person types into the Secret stands in the text as @name@: the chart observability puts it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from deploy.charts import database_releases, helm
from mercat.config.alertmanager import Place, configuration, texts

TEMPLATE = helm.ROOT / "deploy" / "observability" / "alertmanager"
# What `kubectl port-forward` makes of Grafana (docs/kubernetes/watching.md).
_GRAFANA = "http://localhost:3000"


def values(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the chart observability that are in no file. Without a store of secrets alerts are mailed alone."""
    external = environment["secrets"]["kind"] == "external"
    place = Place(
        secrets="/etc/alertmanager/secrets/alertmanager",
        templates="/etc/alertmanager/configmaps/alertmanager-texts",
        smtp="@smtp_smarthost@",
        mail_from=environment.get("settings", {}).get("MAIL_FROM", f"alerts@{environment['domain']}"),
        mail_to="@mail_to@",
        mail_user="@smtp_user@" if external else "",
        channel="@slack_channel@" if external else "",
        dead_man=external,
        dashboard=_GRAFANA + "{{ .Annotations.dashboard }}",
        runbook="{{ .Annotations.runbook_url }}",
    )
    text = yaml.safe_dump(configuration(TEMPLATE, place), sort_keys=False)
    alerts = {"configuration": text, "texts": texts(TEMPLATE, place)}
    return {"alerting": alerts, "services": database_releases.services()}
