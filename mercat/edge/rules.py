"""The rules of the edge, from rules.yaml beside this file: the same for this machine and for a cluster."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).with_name("rules.yaml")
RULES: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))["rules"]


def middlewares(error_page_service: Any) -> dict[str, Any]:
    """All middlewares by name, as Traefik's configuration has them; `error_page_service` names the error page there."""
    page = {"service": error_page_service, "query": RULES["error_page_query"]}
    pages = {name: {"errors": {**each, **page}} for name, each in RULES["error_pages"].items()}
    return {**deepcopy(RULES["middlewares"]), **pages}
