"""Back-off, circuit breakers, watched background loops, and failpoints, by which tests make a process fail.

Its names are those of its modules: `backoff.pause`, `breaker.Breaker`, `ending.run`, `failpoints.point`,
`loops.Loops`, `parent_death.die_with_parent`.
"""
