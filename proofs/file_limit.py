"""The limit of open files of this process: each connection is one, and many systems allow 1,024, or 256."""

from __future__ import annotations

import resource


def allow(wanted: int) -> None:
    """Raise the limit to so many, or as far as the system lets it be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
