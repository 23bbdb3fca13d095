"""`python -m deploy.observability.dashboards` writes the dashboards anew."""

from __future__ import annotations

from deploy.observability.dashboards.grafana import FOLDER, compiled


def write() -> None:
    """Write each dashboard, and remove those that are no more."""
    made = compiled()
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
