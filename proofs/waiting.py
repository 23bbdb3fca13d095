"""`eventually` for a whole store: it polls less often than in tests, as each poll opens a database connection."""

from __future__ import annotations

from functools import partial

from chassis import testing

eventually = partial(testing.eventually, every=0.1)
