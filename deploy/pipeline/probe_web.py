"""`python -m deploy.pipeline.probe_web URL REPORT`: ZAP looks at a running shop from outside, without attacking it.

It walks the pages and reads headers, cookies and scripts (its baseline scan). Attacks are ours, on a store of our own
(`make attack`): staging stands behind a firewall, which would be all that they measure. Fails on what
deploy/pipeline/zap_rules.tsv calls a failure, and where the container does not run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

from deploy.pipeline.commands import tried
from deploy.pipeline.program import main
from deploy.refusal import MISUSED, Refusal

RULES = Path(__file__).with_name("zap_rules.tsv")
# ZAP 2.17.0.
IMAGE = "ghcr.io/zaproxy/zaproxy@sha256:8d387b1a63e3425beef4846e39719f5af2a787753af2d8b6558c6257d7a577a2"
_MINUTES = 10
_FAILED, _WARNED = 1, 2


def probe(url: str, report: Path) -> None:
    """Look, and write the report.

    Raises:
        Refusal: something fails, or nothing could be looked at.
    """
    if not re.fullmatch(r"https://[a-z0-9.-]+/?", url):
        raise Refusal(f"{url} is no address of a shop: https:// and a name.", MISUSED)
    with tempfile.TemporaryDirectory(prefix="mercat-zap-") as folder:
        Path(folder).chmod(0o777)  # the container's user is another
        shutil.copy(RULES, folder)
        words = ["docker", "run", "--rm", "--volume", f"{folder}:/zap/wrk:rw", IMAGE, "zap-baseline.py"]
        options = ["-t", url, "-c", RULES.name, "-w", "report.md", "-m", str(_MINUTES // 2), "-T", str(_MINUTES)]
        done = tried([*words, *options], seconds=(_MINUTES + 10) * 60)
        print(done.stdout, done.stderr, sep=os.linesep)
        written = Path(folder) / "report.md"
        seen = written.is_file() and written.stat().st_size > 0
        if seen:
            report.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")
    if done.returncode == _FAILED:
        raise Refusal(f"ZAP found what may not be: {report}.")
    if done.returncode not in {0, _WARNED} or not seen:
        raise Refusal(f"ZAP could not look at {url}: it ended with {done.returncode}.")


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.probe_web", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("report", type=Path)
    asked = parser.parse_args()
    probe(asked.url, asked.report)


if __name__ == "__main__":
    main(_work)
