"""An operator's command as a Job, printed: `python -m deploy.charts.operation ENV IMAGE SERVICE WORD...`.

The words are those after `python -m chassis.ops`, such as `redrive --producer payments`. IMAGE is what the service
runs: `kubectl -n mercat get deployment SERVICE -o jsonpath='{.spec.template.spec.containers[0].image}'`. What is
printed goes to `kubectl -n mercat create -f -`, and runs in the service's environment by its runtime role.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import yaml

from chassis.ops import cli
from deploy.charts import database_releases, helm


def job(environment: str, image: str, service: str, words: Sequence[str]) -> str:
    """The Job, in YAML.

    Raises:
        HelmError: there is no such environment or service, or the image has no digest.
        SystemExit: chassis.ops knows no such command; it says which there are.
    """
    cli.parser().parse_args(words)
    file = helm.ENVIRONMENTS / f"{environment}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in helm.ENVIRONMENTS.glob("*.yaml")))
        raise helm.HelmError(f"ENV={environment} is no environment: give one of {known}")
    repository, _, digest = image.partition("@")
    own = {"task": "operation", "services": database_releases.services(), "service": service, "command": list(words)}
    over = {**own, "image": {"repository": repository, "digest": digest}}
    return yaml.safe_dump_all(helm.render((file,), release="operation", chart=database_releases.CHART, over=over))


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    try:
        sys.stdout.write(job(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
    except helm.HelmError as error:
        sys.exit(f"operation: {error}")
