"""`python -m tools.client [FOLDER]` makes the Python client; the folder is build/client if none is given."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.client.generate import CannotGenerate, generate
from tools.openapi import ROOT


def main() -> int:
    """Make the client; 1 where that fails."""
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    folder = Path(given).resolve() if given else ROOT / "build" / "client"
    try:
        generate(folder)
    except CannotGenerate as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"Made: {folder}\nInstall it: pip install {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
