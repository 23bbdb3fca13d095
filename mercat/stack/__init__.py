"""The processes of a store and the supervisor that runs them.

`desired_state`, `definitions`, `process_spec`: what should run. `supervisor`, `runner`, `reconcile`: run and change it.
`supervisor_process`, `control_client`: how commands use the supervisor. `status_file`, `lock`: its state. `orphans`,
`ports`, `probes`, `postgres`, `log_rotation`: what they need.
"""

from __future__ import annotations

__all__ = [
    "control_client",
    "control_protocol",
    "desired_state",
    "lock",
    "log_rotation",
    "orphans",
    "ports",
    "postgres",
    "probes",
    "status_file",
    "supervisor_process",
]
