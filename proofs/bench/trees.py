"""Another commit of this repository as a folder of its own, with an environment in which its code runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs.bench.history import ROOT, git
from tools.sharing import share_packages

# If these are the same in both, their packages are.
_PINS = ("requirements/tools.txt", "requirements/dev.txt")
_MEASURING = Path("proofs") / "bench"


def commit_of(reference: str) -> str:
    """The commit of a git reference.

    Raises:
        SystemExit: there is none here.
    """
    argv = ["git", "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(
            f"There is no commit '{reference}' here. Fetch it, or name another: make bench-base BASE=HEAD~1"
        )
    return done.stdout.strip()


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with this commit, which can run; removed at the end. It is measured by the code of this tree."""
    with tempfile.TemporaryDirectory(prefix="mercat-base-") as folder:
        tree = Path(folder) / "tree"
        git("init", "--quiet", str(tree))
        # Also from a shallow clone, and a commit that no branch has.
        objects = (ROOT / git("rev-parse", "--git-path", "objects")).resolve()
        (tree / ".git" / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        git("checkout", "--quiet", "--detach", commit, folder=tree)
        shutil.rmtree(tree / _MEASURING, ignore_errors=True)
        shutil.copytree(ROOT / _MEASURING, tree / _MEASURING, ignore=shutil.ignore_patterns("__pycache__"))
        _install(tree)
        yield tree


def python_of(tree: Path) -> Path:
    """The interpreter of a tree."""
    return Path(sys.executable) if tree == ROOT else tree / ".venv" / "bin" / "python"


def _install(tree: Path) -> None:
    """Its packages: those of this tree, if it pins the same, else installed."""
    if all((tree / name).read_bytes() == (ROOT / name).read_bytes() for name in _PINS):
        share_packages(tree)
    else:
        subprocess.run(["make", "--silent", ".venv/.dev-ready"], cwd=tree, check=True)
