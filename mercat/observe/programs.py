"""The programs of `--observe`: from .venv/monitoring, where an install script puts them, else from the PATH."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from mercat.installation import Installation

# The usual name of each program, and Debian's.
NAMES = {
    "prometheus": ("prometheus",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "postgres_exporter": ("postgres_exporter", "prometheus-postgres-exporter"),
    "redis_exporter": ("redis_exporter", "prometheus-redis-exporter"),
}
INSTALL = "sh tools/install_monitoring_tools.sh"
_FOLDER = Path(sys.prefix) / "monitoring"


def find(installation: Installation, name: str) -> str | None:
    """The path of a program in NAMES; None if this machine does not have it."""
    path = os.pathsep.join([str(_FOLDER), installation.user_settings.get("PATH", "")])
    return next((found for each in NAMES[name] if (found := shutil.which(each, path=path))), None)


def missing(installation: Installation) -> list[str]:
    """A notice for each program that is not there: what is not seen without it, and what to do."""
    lost = {
        "prometheus": "nothing is measured, and no alert is raised",
        "alertmanager": "alerts reach neither mail nor Slack",
        "postgres_exporter": "PostgreSQL itself is not measured",
        "redis_exporter": "Valkey itself is not measured",
    }
    return [
        f"{name} was not found, so {what}. The store itself runs. To install it: {INSTALL}; or put {name} on your PATH."
        for name, what in lost.items()
        if find(installation, name) is None
    ]
