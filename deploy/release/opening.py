"""What each command begins with: the environment, its cluster, what is installed, and the releases that are meant."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.charts.release import Release
from deploy.platform import database_ca
from deploy.refusal import Refusal
from deploy.release import planned
from deploy.release.cluster import Cluster, connected
from deploy.release.environment import Environment, environment
from deploy.release.installed import Installed, good, installed, of
from deploy.terminal import Terminal


def opened(
    name: str, handover: Path | None, values: Sequence[Path] | None, digest: str, context: str | None
) -> tuple[Environment, Cluster, Terminal]:
    """The environment, its cluster, which answers, and where to talk.

    Raises:
        Refusal: one of them is not there.
    """
    found = environment(name, handover, values or (), digest)
    return found, connected(found, context), Terminal()


def there(found: Environment, cluster: Cluster, services: Sequence[str]) -> Installed:
    """What is installed. services: these alone are meant, so the Secrets of one namespace are enough.

    Raises:
        Refusal: it is another environment's.
    """
    every = installed(cluster, [planned.NAMESPACE] if services else None)
    ours = [each for revisions in every.values() for each in revisions if each.namespace == planned.NAMESPACE]
    for other in sorted({str(each.values.get("environment", found.name)) for each in ours} - {found.name}):
        raise Refusal(
            f"The cluster of the context {cluster.context} runs {other}, not {found.name}: nothing was changed."
        )
    return every


def meant(
    found: Environment, cluster: Cluster, services: Sequence[str], every: Installed, certificates: str = ""
) -> list[Release]:
    """The releases that this cluster gets, or those of some services, of the image that runs now where none is named.

    Raises:
        Refusal: a service is none.
    """
    ours = {
        name: [each for each in every.get(name, []) if each.namespace == planned.NAMESPACE] for name in planned.names()
    }
    runs = {name: good(revisions) for name, revisions in ours.items()}
    digests = {name: each.values["image"]["digest"] for name, each in runs.items() if each}
    names: list[str | None] = [*sorted(set(services))]
    chosen = [planned.releases(found, name, digests, certificates) for name in names or [None]]
    releases = [each for some in chosen for each in some]
    groups = cluster.groups() if any(release.unless for release in releases) else set()
    return [each for each in releases if of(every, each) or each.unless not in groups]


def complete(
    found: Environment, cluster: Cluster, services: Sequence[str], every: Installed, certificates: str
) -> list[Release]:
    """The releases with all that they need.

    Raises:
        Refusal: it is not known which image is meant.
    """
    releases = meant(found, cluster, services, every, certificates)
    if not all(each.values.get("image", {}).get("digest") for each in releases if each.name in planned.names()):
        raise Refusal(
            "Which image? DIGEST=sha256:... that the pipeline recorded; nothing runs yet whose could be meant."
        )
    return releases


def authorities(found: Environment, services: Sequence[str]) -> str:
    """The certificates that services verify RDS by, which lie in a release of the platform.

    Raises:
        Refusal: they cannot be had.
    """
    if services or not found.handover:
        return ""
    try:
        return database_ca.fetch(found.handover["rds_ca_bundle_url"])
    except (database_ca.DatabaseAuthorityError, KeyError) as error:
        raise Refusal(f"The certificates of RDS cannot be had, so nothing was changed: {error}") from error


def make_namespace(cluster: Cluster) -> None:
    """Where the lease is. The release of the namespaces takes it over."""
    if not cluster.objects(["namespaces"], selector=f"kubernetes.io/metadata.name={planned.NAMESPACE}"):
        about = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": planned.NAMESPACE, **planned.OWNER}}
        cluster.kubectl("create", "--filename", "-", stdin=json.dumps(about))


@contextlib.contextmanager
def place() -> Iterator[Path]:
    """A folder nobody else may read: values may be secrets."""
    with tempfile.TemporaryDirectory(prefix="mercat-deploy-") as folder:
        yield Path(folder)
