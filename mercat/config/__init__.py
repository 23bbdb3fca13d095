"""What the store consists of and how it is set up.

`services`: the services, from each service.yaml. `settings`: which settings users can make. `environment`: the
environment variables of each process. `source_changes`: detects changed files.
"""

from __future__ import annotations

__all__ = ["environment", "services", "settings", "source_changes"]
