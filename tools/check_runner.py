"""Runs checks on two cores, and prints them in their order. A check returns its complaint, or an empty text."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

Check = Callable[[], str]


class _Ended(NamedTuple):
    complaint: str
    seconds: float


def run(checks: Mapping[str, Check], beside: Collection[str]) -> None:
    """Run all checks; the exit status is 1 if one fails.

    `beside`: those that only wait for a program, and so run beside the others.
    """
    failed = []
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as other:
        begun = {name: other.submit(_run, check) for name, check in checks.items() if name in beside}
        for name, check in checks.items():
            ended = begun[name].result() if name in begun else _run(check)
            print(f"{'FAIL' if ended.complaint else 'ok  '}  {name}  ({ended.seconds:.1f} s)", flush=True)
            if ended.complaint:
                print(ended.complaint + "\n", flush=True)
                failed.append(name)
    if failed:
        sys.exit(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}")


def _run(check: Check) -> _Ended:
    began = time.monotonic()
    complaint = check()
    return _Ended(complaint, time.monotonic() - began)
