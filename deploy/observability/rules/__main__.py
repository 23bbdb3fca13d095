"""`python -m deploy.observability.rules` writes the files of rules anew."""

from __future__ import annotations

from deploy.observability.rules.compiled import FOLDER, files


def write() -> None:
    """Write each file, and remove those that are no more."""
    made = files()
    for path in FOLDER.glob("*.yaml"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
