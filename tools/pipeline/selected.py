"""`make test-changed TESTS="..."` runs the tests that `make changes` names: "all", "none", or folders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.pipeline.areas import WHOLE_SUITE
from tools.pipeline.changes import NO_TESTS

ROOT = Path(__file__).resolve().parent.parent.parent


def arguments(tests: str) -> list[str] | None:
    """The arguments of tools.run_tests, none for the whole suite with its floors; None if nothing is to run."""
    names = tests.split()
    if not names:
        sys.exit('Nothing was named. TESTS is "all", "none", or folders: make test-changed TESTS="services/catalog"')
    if names == [NO_TESTS]:
        return None
    if names == [WHOLE_SUITE]:
        return []
    absent = [name for name in names if not (ROOT / name).is_dir()]
    if absent:
        sys.exit(f"No such folder: {', '.join(absent)}")
    return [*names, "-n", "2", "--dist", "loadfile"]


def main() -> None:
    """Run them; the exit status is that of the tests."""
    chosen = arguments(" ".join(sys.argv[1:]))
    if chosen is None:
        print("No test is about what was changed.")
        return
    sys.exit(subprocess.run([sys.executable, "-m", "tools.run_tests", *chosen], cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
