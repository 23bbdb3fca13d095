"""Grafana, where this machine has it: its provisioning is written, and the command to start it is told.

Its dashboards are those of a cluster, deploy/observability/dashboards.
"""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

from mercat.installation import Installation, secrets
from mercat.observe.configuration import folder

_NAMES = ("grafana", "grafana-server")


def write(installation: Installation) -> None:
    """Write the data source and the folder of dashboards; nothing if there is no Grafana."""
    if _program(installation) is None:
        return
    here = folder(installation) / "grafana" / "provisioning"
    source = {
        "name": "Prometheus", "uid": "prometheus", "type": "prometheus", "access": "proxy", "isDefault": True,
        "url": installation.url("prometheus"),
    }  # fmt: skip
    provider = {
        "name": "Mercat", "type": "file", "allowUiUpdates": False,
        "options": {"path": str(installation.root / "deploy" / "observability" / "dashboards")},
    }  # fmt: skip
    for kind, content in (
        ("datasources", {"apiVersion": 1, "datasources": [source]}),
        ("dashboards", {"apiVersion": 1, "providers": [provider]}),
    ):
        (here / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
        secrets.write_private(here / kind / "mercat.yaml", json.dumps(content, indent=1).encode())


def notices(installation: Installation) -> list[str]:
    """The command that starts Grafana on loopback with these files; none if there is no Grafana."""
    program = _program(installation)
    if program is None:
        return []
    here = folder(installation) / "grafana"
    home = next((path for path in _homes(program) if (path / "conf" / "defaults.ini").is_file()), _homes(program)[0])
    settings = [
        f"GF_PATHS_PROVISIONING={here / 'provisioning'}", f"GF_PATHS_DATA={here / 'data'}",
        f"GF_PATHS_LOGS={here / 'logs'}", "GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_AUTH_ANONYMOUS_ENABLED=true",
    ]  # fmt: skip
    argv = [program, *(["server"] if Path(program).name == "grafana" else []), "--homepath", str(home)]
    return [f"Grafana is here. To see the dashboards: {shlex.join(['env', *settings, *argv])}"]


def _program(installation: Installation) -> str | None:
    path = installation.user_settings.get("PATH", "")
    return next((found for name in _NAMES if (found := shutil.which(name, path=path))), None)


def _homes(program: str) -> list[Path]:
    """Where Grafana's own files may be: a package's folder, or the one above its programs."""
    return [Path("/usr/share/grafana"), Path(program).resolve().parent.parent]
