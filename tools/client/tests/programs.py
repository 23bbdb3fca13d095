"""The programs of docs/reference/python-client.md as they stand there, and the client that they need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from chassis.testing.skipping import skip_without
from tools.client import generate
from tools.openapi import ROOT

PAGE = ROOT / "docs" / "reference" / "python-client.md"
# It has httpx and attrs, which the client needs, and nothing of ours.
PYTHON = ROOT / ".venv" / "client" / "bin" / "python"
UV = Path(sys.executable).parent / "uv"


def need_generator() -> None:
    """Leave the running test out where the client cannot be made."""
    if lack := generate.missing():
        skip_without("openapi-python-client", lack)


def install(client: Path, folder: Path) -> Path:
    """Build the client and install it into the folder."""
    command = [str(UV), "pip", "install", "-q", "--offline", "--no-deps", "--target", str(folder), str(client)]
    subprocess.run(command, check=True)
    return folder


def written(folder: Path, page: Path = PAGE) -> list[Path]:
    """The programs of the page, as files in the folder."""
    texts = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found = [folder / f"{page.stem.replace('-', '_').lower()}_{number}.py" for number in range(len(texts))]
    for path, text in zip(found, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def output(program: Path, installed: Path, store: str) -> str:
    """What the program prints; it has nothing but the client, and the store's address in STORE."""
    done = subprocess.run(
        [str(PYTHON), str(program)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "STORE": store},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
