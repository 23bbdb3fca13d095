"""`python -m deploy.pipeline.pages ENV`: the storefront's files into its bucket, and CloudFront asked anew.

Files first, then index.html, which names them, then what is there no more is deleted: whoever loads the page meanwhile
finds what it names.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from deploy.pipeline.commands import run
from deploy.pipeline.program import main
from deploy.refusal import Refusal
from deploy.release.environment import environment

SHOP = Path(__file__).resolve().parents[2] / "web" / "storefront"
# As a laptop's portal says: names carry no hash of their content.
_CACHE = ("--cache-control", "no-cache")
_SECONDS = 600


def upload(name: str) -> None:
    """Bring the pages there.

    Raises:
        Refusal: the environment has no bucket, or AWS refuses.
    """
    handover = environment(name).handover
    if not (bucket := handover.get("buckets", {}).get("web")):
        raise Refusal(f"{name} is not on AWS, so it has no bucket for pages.")
    where = f"s3://{bucket}"
    run("aws", "s3", "sync", str(SHOP), where, *_CACHE, "--exclude", "index.html", seconds=_SECONDS)
    run("aws", "s3", "cp", str(SHOP / "index.html"), f"{where}/index.html", *_CACHE, seconds=_SECONDS)
    run("aws", "s3", "sync", str(SHOP), where, *_CACHE, "--delete", seconds=_SECONDS)
    distribution = handover["distribution_id"]
    run("aws", "cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths", "/*")
    print(f"The pages of {name} are in {where}.")


def _work() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pipeline.pages", description=__doc__)
    parser.add_argument("environment")
    upload(parser.parse_args().environment)


if __name__ == "__main__":
    main(_work)
