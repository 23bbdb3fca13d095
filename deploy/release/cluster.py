"""The cluster that kubectl and helm are set to, which must be the environment's."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from deploy.charts import helm
from deploy.refusal import Refusal
from deploy.release.environment import Environment
from deploy.release.processes import Done, Processes
from local_servers import child

Object = dict[str, Any]
_SECONDS = 60.0
_UNREACHABLE = (
    "i/o timeout",
    "refused",
    "no such host",
    "no route to host",
    "deadline exceeded",
    "TLS handshake",
)


class ClusterRefused(Refusal):
    """kubectl failed; the message is its own."""


def _kubectl() -> str:
    for found in (str(helm.OWN.with_name("kubectl")), shutil.which("kubectl")):
        if found and os.access(found, os.X_OK):
            return found
    raise Refusal("kubectl is not installed: `make .venv/.kubernetes-ready` brings it on Linux, or put it on the PATH.")


def _helm() -> str:
    if (found := helm.program()) is None:
        raise Refusal(
            "helm is not installed: `make .venv/.kubernetes-ready` brings it on Linux, or put helm 4 on the PATH."
        )
    return found


@dataclass(frozen=True)
class Cluster:
    """context: of the kubeconfig, named in every call, since a person may switch it meanwhile."""

    context: str
    kubectl_program: str = field(default_factory=_kubectl)
    helm_program: str = field(default_factory=_helm)
    processes: Processes = field(default_factory=Processes)

    def kubectl(self, *words: str, stdin: str = "", seconds: float = _SECONDS) -> str:
        """What kubectl prints.

        Raises:
            ClusterRefused: it failed, or was not done in time.
        """
        done = self.processes.run(self.kubectl_command(*words), seconds, stdin=stdin)
        if done.code != 0:
            raise ClusterRefused(f"kubectl {' '.join(words[:3])}: {done.errors.strip()}")
        return done.output

    def kubectl_command(self, *words: str) -> list[str]:
        """The command of a call of kubectl."""
        return [self.kubectl_program, "--context", self.context, *words]

    def helm(self, *words: str, seconds: float = _SECONDS, **how: Any) -> Done:
        """Runs helm, which is ended with this process; `how` is as Processes.run takes it."""
        command = child.command([self.helm_program, "--kube-context", self.context, *words])
        return self.processes.run(command, seconds, **how)

    def groups(self) -> set[str]:
        """The groups of APIs that the cluster serves."""
        return {version.partition("/")[0] for version in self.kubectl("api-versions").split()}

    def objects(self, kinds: Sequence[str], namespace: str | None = None, selector: str = "") -> list[Object]:
        """The objects of some kinds, in a namespace or in all."""
        where = ["--namespace", namespace] if namespace else ["--all-namespaces"]
        chosen = ["--selector", selector] if selector else []
        output = self.kubectl("get", ",".join(kinds), *where, *chosen, "--ignore-not-found", "--output", "json")
        found: list[Object] = json.loads(output)["items"] if output.strip() else []
        return found


def connected(environment: Environment, context: str | None) -> Cluster:
    """The environment's cluster, seen to answer.

    Raises:
        Refusal: none is named, it is another's, or it does not answer.
    """
    if not environment.handover and context is None:
        raise Refusal(
            f"Which cluster {environment.name} is, only you know: --context NAME (`kubectl config get-contexts`)."
        )
    words = ["config", "view", "--minify", "--output", "json", *(["--context", context] if context else [])]
    done = Processes().run([_kubectl(), *words], _SECONDS)
    found = json.loads(done.output) if done.code == 0 else {}
    if not found.get("clusters") or not found.get("contexts"):
        raise Refusal(f"There is no cluster: kubectl is set to none. {_how_to_set(environment)}{_said(done)}")
    cluster = Cluster(found["contexts"][0]["name"])
    about = found["clusters"][0]["cluster"]
    _refuse_another(environment, cluster.context, about)
    _refuse_silent(environment, cluster)
    return cluster


def _refuse_another(environment: Environment, context: str, about: Mapping[str, str]) -> None:
    if not environment.handover:
        return
    wanted = urlsplit(environment.handover["cluster_endpoint"]).hostname
    # Through a tunnel the server is localhost, and the name that its certificate must bear is the cluster's.
    there = about.get("tls-server-name") or urlsplit(about["server"]).hostname
    if there != wanted:
        raise Refusal(
            f"The context {context} is another cluster than {environment.name}'s: {there}, not {wanted}. "
            f"{_how_to_set(environment)}"
        )


def _refuse_silent(environment: Environment, cluster: Cluster) -> None:
    try:
        cluster.kubectl("get", "--raw", "/version", "--request-timeout", "15s")
    except ClusterRefused as refused:
        message = f"The cluster of {environment.name} does not answer: {refused}."
        if environment.handover and any(sign in str(refused) for sign in _UNREACHABLE):
            message += (
                " The API of staging and production is private: deploy by the pipeline's runner inside the VPC, or open"
                " a tunnel through a node (docs/aws/bring-up.md)."
            )
        raise Refusal(message) from None


def _how_to_set(environment: Environment) -> str:
    if not (handover := environment.handover):
        return "`kubectl config get-contexts` lists those that there are: --context NAME."
    return f"`aws eks update-kubeconfig --name {handover['cluster']} --region {handover['region']}` sets it."


def _said(done: Done) -> str:
    return f" (kubectl: {done.errors.strip()})" if done.errors.strip() else ""
