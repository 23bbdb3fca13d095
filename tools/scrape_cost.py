"""What a scrape of a service costs when it has answered everything: `python -m tools.scrape_cost SERVICE`.

Each of its routes has answered with each status that it declares or that every route may answer, with a trace that is
kept. Prints JSON: `series`, `bytes`, and `milliseconds` of CPU of one scrape, the median of nine.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time

from fastapi.routing import APIRoute

from chassis import telemetry
from chassis.telemetry.exposition import exposed
from chassis.web import problem_counts

# What the middleware, the limits and the server answer, whatever a route declares; 499: the client left.
ANYWHERE = (200, 400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 499, 500, 503)


def answer_everything(service: str) -> None:
    """Count a request for each route, method and status of the service."""
    app = importlib.import_module(f"{service}.app").app
    telemetry.configure(service, "error")
    problem_counts.start(app.router.routes)
    for route in [*app.router.routes]:
        if not isinstance(route, APIRoute):
            continue
        declared = {int(code) for code in route.responses if str(code).isdigit()} | {route.status_code or 200}
        for method in route.methods or ():
            for code in sorted({*ANYWHERE, *declared}):
                telemetry.begin(f"00-{'a' * 32}-{'b' * 16}-01", None)
                telemetry.request(method=method, route=route.path, status=code, seconds=0.01, size=1)


def cost(service: str) -> dict[str, float]:
    """The figures."""
    answer_everything(service)
    took = []
    for _ in range(9):
        began = time.process_time()
        text = exposed(as_openmetrics=True)
        took.append((time.process_time() - began) * 1_000)
    series = sum(1 for line in text.splitlines() if not line.startswith(b"#"))
    return {"series": series, "bytes": len(text), "milliseconds": round(statistics.median(took), 1)}


if __name__ == "__main__":
    sys.stderr.write(json.dumps(cost(sys.argv[1])) + "\n")
