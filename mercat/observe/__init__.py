"""What watches the store with `mercat up --observe`: Prometheus, Alertmanager and exporters, and their configuration.

`programs`: where they are. `targets`: what is scraped. `configuration`: all files that they read. `shorter`: rules
whose durations are divided, to try alerts. `grafana`: its provisioning. `panels`: the queries of the portal's page.
"""

from __future__ import annotations

__all__ = ["configuration", "grafana", "panels", "programs", "shorter", "targets"]
