"""`python -m deploy.observability.dashboards` writes the dashboards anew."""

from __future__ import annotations

from pathlib import Path

from deploy.observability.dashboards.grafana import FOLDER, compiled


def write(folder: Path = FOLDER) -> None:
    """Write each dashboard, and remove those that are no more."""
    made = compiled()
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
