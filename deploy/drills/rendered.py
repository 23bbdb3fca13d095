"""What Helm renders for a service, as the command line that runs its container here."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm
from deploy.edge import rendered as releases

USER = 10001
SOCKETS = "/run/servers"  # where containers find the sockets of PostgreSQL and Valkey
DIGEST = f"image.digest=sha256:{'0' * 64}"


def environment(folder: Path, changes: dict[str, dict[str, Any]]) -> Path:
    """The file of the environment `cluster`, with some values changed."""
    settings = yaml.safe_load((helm.ENVIRONMENTS / "cluster.yaml").read_text(encoding="utf-8"))
    path = folder / "environment.yaml"
    path.write_text(yaml.safe_dump({**settings, **{key: settings.get(key, {}) | new for key, new in changes.items()}}))
    return path


def objects(service: str, environment: Path) -> helm.Objects:
    """All objects of the release of a service."""
    return releases.service(helm.ROOT / "services" / service / "service.yaml", environment, [DIGEST])


def find(of: helm.Objects, kind: str, name: str) -> dict[str, Any]:
    """The object of that kind and name."""
    return next(each for each in of if each["kind"] == kind and each["metadata"]["name"] == name)


def pod(of: helm.Objects, kind: str, name: str) -> dict[str, Any]:
    """The pod that the Deployment or Job makes."""
    found: dict[str, Any] = find(of, kind, name)["spec"]["template"]["spec"]
    return found


def variables(of: helm.Objects, container: dict[str, Any]) -> dict[str, str]:
    """Its environment variables, from ConfigMaps and Secrets too."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= find(of, "ConfigMap", source["configMapRef"]["name"])["data"]
    for entry in container.get("env", []):
        key = entry.get("valueFrom", {}).get("secretKeyRef")
        found[entry["name"]] = find(of, "Secret", key["name"])["stringData"][key["key"]] if key else entry["value"]
    return found


def flags(of: helm.Objects, spec: dict[str, Any], folder: Path) -> list[str]:
    """Options of `podman run` for the pod; a field that is not known here is an error. `folder` keeps its secrets."""
    context, [container] = spec["securityContext"], spec["containers"]
    own = container["securityContext"]
    if not own["readOnlyRootFilesystem"] or own["allowPrivilegeEscalation"]:
        raise ValueError("a pod has a root that it can write to, or may get more rights")
    memory = container["resources"]["limits"]["memory"].replace("Mi", "m")
    found = ["--read-only", "--read-only-tmpfs=false", "--security-opt=no-new-privileges"]
    found += [f"--user={context['runAsUser']}:{context['runAsGroup']}", f"--group-add={context['fsGroup']}"]
    found += [f"--cap-drop={name}" for name in own["capabilities"]["drop"]]
    found += [f"--memory={memory}", f"--memory-swap={memory}"]
    found += [f"--env={name}={value}" for name, value in variables(of, container).items()]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    for mount in container["volumeMounts"]:
        found += _mount(of, volumes[mount["name"]], mount["mountPath"], folder)
    return found


def _mount(of: helm.Objects, volume: dict[str, Any], path: str, folder: Path) -> list[str]:
    if "emptyDir" in volume:
        return [f"--tmpfs={path}:rw,noexec,nosuid,size={volume['emptyDir']['sizeLimit'].replace('Mi', 'm')},mode=1777"]
    place = folder / volume["name"]
    place.mkdir(parents=True, exist_ok=True)
    secret = find(of, "Secret", volume["secret"]["secretName"])
    contents = {name: content.encode() for name, content in secret["stringData"].items()}
    contents |= {name: base64.b64decode(content) for name, content in secret.get("data", {}).items()}
    for name, content in contents.items():
        file = place / name
        file.write_bytes(content)
        file.chmod(volume["secret"]["defaultMode"])
        os.chown(file, 0, USER)  # as fsGroup does
    return [f"--volume={place}:{path}:ro"]
