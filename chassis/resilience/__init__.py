"""What keeps a process going: back-off, circuit breakers, watched loops; and failpoints, which break it on purpose.

Its names are those of its modules: `backoff.pause`, `breaker.Breaker`, `failpoints.point`, `loops.Loops`,
`parent_death.die_with_parent`.
"""
