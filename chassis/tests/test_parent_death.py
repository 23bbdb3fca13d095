from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, signal
from chassis.resilience.parent_death import die_with_parent
die_with_parent(signal.SIGTERM)
told = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(told), 0, 0, 0)  # PR_GET_PDEATHSIG
print(told.value == signal.SIGTERM)
"""


@pytest.mark.parametrize(("platform", "asked"), [("linux", "True"), ("darwin", "False")])
def test_the_kernel_is_asked_for_the_signal_on_linux_alone(platform: str, asked: str):
    script = f"import sys; sys.platform = {platform!r}\n{SCRIPT}" if platform != sys.platform else SCRIPT
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{asked}\n"
