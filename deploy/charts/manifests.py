"""Everything of the project that an environment's cluster gets, as files in the order of waves.

`python -m deploy.charts.manifests ENVIRONMENT DIGEST [VALUES]` writes build/manifests/<environment>/NN-name.yaml: wave
00 the namespaces, 05 roles and admission policies, 10 the edge, 20 the migrations and 30 the services. Each wave waits
for the one before. Third-party charts are not in it; the values that are decided here for them lie below values/.
VALUES is a file with more values, such as secrets that are not in git.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm
from deploy.edge import rendered, traefik_values

BUILD = helm.ROOT / "build" / "manifests"
_WEIGHT = "helm.sh/hook-weight"
_RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}


def manifests(environment: Path, digest: str, more: Sequence[Path] = ()) -> Iterator[tuple[str, helm.Objects]]:
    """Name and objects of each file, in order.

    Raises:
        HelmError: the values are wrong, or helm is missing.
    """
    settings = _read(environment)
    values = (f"image.digest={digest}",)
    names = sorted({rendered.NAMESPACE, settings["edge"]["namespace"], settings["monitoring"]["namespace"]})
    yield "00-namespaces", [_namespace(name) for name in names]
    yield "05-access", rendered.access((environment, *more))
    yield "10-edge", rendered.edge(environment, values, more)
    services = {
        path.parent.name: rendered.service(path, environment, values, more)
        for path in sorted(helm.ROOT.glob("services/*/service.yaml"))
    }
    for name, objects in services.items():
        if hooks := sorted(filter(_is_hook, objects), key=lambda each: int(each["metadata"]["annotations"][_WEIGHT])):
            yield f"20-{name}-migration", hooks
    for name, objects in services.items():
        yield f"30-{name}", [each for each in objects if not _is_hook(each)]


def write(environment: Path, digest: str, more: Sequence[Path] = (), build: Path = BUILD) -> Path:
    """Write the files in place of those of before; the folder they are in.

    Raises:
        HelmError: the values are wrong, or helm is missing. Nothing has been changed then.
    """
    settings = _read(environment)
    files = {
        f"{name}.yaml": yaml.safe_dump_all(objects, sort_keys=False)
        for name, objects in manifests(environment, digest, more)
    }
    files["values/traefik.yaml"] = yaml.safe_dump(traefik_values.values(settings), sort_keys=False)
    files["values/external-dns.yaml"] = yaml.safe_dump(traefik_values.external_dns_values(settings), sort_keys=False)
    folder = build / environment.stem
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "values").mkdir(parents=True)
    folder.chmod(0o700)  # plain Secrets are among them
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _is_hook(each: dict[str, Any]) -> bool:
    return "helm.sh/hook" in each["metadata"].get("annotations", {})


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(_RESTRICTED)}}


def _read(environment: Path) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load(environment.read_text(encoding="utf-8"))
    return settings


def main(arguments: Sequence[str]) -> str:
    """Write the files; what to say of it.

    Raises:
        HelmError: an argument or a value is wrong.
    """
    name, digest, *more = [*arguments, "", ""] if len(arguments) < 2 else arguments
    known = sorted(path.stem for path in helm.ENVIRONMENTS.glob("*.yaml"))
    if name not in known:
        raise helm.HelmError(f"ENV={name} is no environment: give one of {', '.join(known)}")
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise helm.HelmError(
            f"DIGEST={digest} is no digest of the services' image: give that of the pipeline, sha256:..."
        )
    folder = write(helm.ENVIRONMENTS / f"{name}.yaml", digest, [Path(file) for file in more if file])
    files = sorted(folder.glob("*.yaml"))
    return "\n".join([f"{len(files)} files in {folder.relative_to(helm.ROOT)}:", *(file.name for file in files)])


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except helm.HelmError as error:
        sys.exit(f"manifests: {error}")
