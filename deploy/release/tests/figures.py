"""A real Prometheus that scrapes a server of figures, which a test sets: the series that recording rules would make."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from local_servers import child
from local_servers.ports import free_port

PROGRAM = helm.ROOT / ".venv" / "monitoring" / "prometheus"
CONFIGURATION = """
global: {scrape_interval: 200ms, scrape_timeout: 200ms}
scrape_configs:
  - job_name: figures
    honor_labels: true
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


@dataclass
class Figures:
    """url: of Prometheus. lines: the exposition that it scrapes, without types."""

    url: str
    lines: list[str] = field(default_factory=list)

    def seen(self, query: str, value: float | None) -> None:
        """Wait until Prometheus answers a query so; None: with nothing."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = self._asked(query)
            if (value is None and not found) or (value is not None and found == [value]):
                return
            time.sleep(0.1)  # a scrape is what is waited for
        raise AssertionError(f"{query}: {found}, and not {value}")

    def _asked(self, query: str) -> list[float]:
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=10)
        return [float(each["value"][1]) for each in answer.json()["data"]["result"]]


def well(*versions: tuple[str, str]) -> list[str]:
    """Figures of a shop that nothing is wrong with, and which service runs which version."""
    return [
        'slo:budget{slo="catalog",service="catalog"} 0.001',
        'slo:error_ratio:rate5m{slo="catalog"} 0',
        'slo:errors:rate5m{slo="catalog"} 0',
        *(f'mercat_build_info{{service="{service}",version="{version}"}} 1' for service, version in versions),
    ]


@contextmanager
def prometheus(folder: Path) -> Iterator[Figures]:
    if not PROGRAM.exists():
        skip_without("prometheus", "make .venv/.monitoring-ready brings it")
    found = Figures(f"http://127.0.0.1:{free_port()}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "".join(f"{line}\n" for line in list(found.lines)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "prometheus.yml").write_text(CONFIGURATION % server.server_port)
        words = ["--config.file", str(folder / "prometheus.yml"), "--storage.tsdb.path", str(folder / "data")]
        command = [str(PROGRAM), *words, "--web.listen-address", found.url.removeprefix("http://"), "--log.level=error"]
        process = subprocess.Popen(child.command(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _ready(found.url)
            yield found
        finally:
            process.kill()
            process.wait()
            server.shutdown()


def _ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/-/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("Prometheus does not start")


def version(digest: str) -> str:
    """As a pod tells it."""
    return digest.removeprefix("sha256:")[:12]
