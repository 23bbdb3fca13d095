"""Waiting for a condition of a whole store: asked less often than in a test, since each question costs a connection."""

from __future__ import annotations

from functools import partial

from chassis import testing

eventually = partial(testing.eventually, every=0.1)
