from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INNER = "import signal; print(signal.getsignal(signal.SIGINT).__name__, signal.getsignal(signal.SIGQUIT).name)"
OUTER = (
    "import subprocess, sys; from tools import run_tests; run_tests.handle_interrupts();"
    "sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1]]))"
)


def test_child_processes_of_tests_handle_interrupts_also_in_the_background():
    deaf = ["sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh", sys.executable, "-c", OUTER, INNER]
    done = subprocess.run(deaf, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["default_int_handler", "SIG_DFL"]
