"""The picture of what runs in a cluster and who may talk to whom, from rendered objects: Mermaid, as picture.py's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.charts import network
from deploy.charts.policies import Object, of_kind, pod_of

# What charts of others run beside ours, by component: its namespace, and the ports at which pods ask it.
OTHERS = {"traefik": ("edge", [8443]), "cloudnative-pg": ("data", []), "plugin-barman-cloud": ("data", [9090])}
_EVERYWHERE = "0.0.0.0/0"
_OUTSIDE = {443: "stripe([Stripe and other APIs])", 587: "mail([mail server])"}
_ABOUT = {"traefik": "Traefik", "cloudnative-pg": "CloudNativePG", "plugin-barman-cloud": "its backups' plugin"}


def running(objects: list[Object]) -> str:
    """Namespaces, what runs in each, and an arrow for each connection that the policies of both sides let through."""
    policies = of_kind(objects, "NetworkPolicy")
    found = _workloads(objects)
    lines = ["flowchart LR", "  shoppers([shoppers]) -->|443| traefik"]
    for namespace in sorted({pod[0] for _, pod, _ in found.values()}):
        lines += [f"  subgraph {namespace}"]
        lines += [f"    {_node(name)}{shape}" for name, (shape, pod, _) in found.items() if pod[0] == namespace]
        lines += ["  end"]
    for source, (_, pod, _) in found.items():
        for target, (_, other, ports) in found.items():
            open_ports = [str(port) for port in ports if network.allowed(policies, pod, other, port)]
            if open_ports and source != target:
                lines.append(f"  {_node(source)} -->|{', '.join(open_ports)}| {_node(target)}")
        for port, name in _OUTSIDE.items():
            if network.reaches(policies, pod, _EVERYWHERE, port, pod[0]):
                lines.append(f"  {_node(source)} -->|{port}| {name}")
    return "\n".join([*lines, *_bucket(objects)])


def _workloads(objects: list[Object]) -> dict[str, tuple[str, network.Pod, list[int]]]:
    """{name: (shape, pod, ports)} of all that runs for long."""
    found: dict[str, tuple[str, network.Pod, list[int]]] = {
        name: (f"[{_ABOUT[name]}]", (namespace, {"app.kubernetes.io/name": name}), ports)
        for name, (namespace, ports) in OTHERS.items()
    }
    for each in of_kind(objects, "Deployment") + of_kind(objects, "StatefulSet"):
        metadata, template = each["metadata"], each["spec"]["template"]["metadata"]
        ports = [port["containerPort"] for container in pod_of(each)["containers"] for port in container["ports"]]
        shape = "[(Valkey)]" if metadata["name"] == "valkey" else f"[{metadata['name']}]"
        found[metadata["name"]] = (shape, (metadata["namespace"], template["labels"]), ports)
    for each in of_kind(objects, "Cluster"):
        metadata = each["metadata"]
        labels = {"cnpg.io/cluster": metadata["name"]}
        found[metadata["name"]] = (f"[({_instances(each['spec'])})]", (metadata["namespace"], labels), [5432])
    return found


def _instances(spec: dict[str, Any]) -> str:
    return "PostgreSQL" if spec["instances"] == 1 else f"PostgreSQL: {spec['instances']} instances"


def _bucket(objects: list[Object]) -> Iterator[str]:
    """What is backed up, and by what."""
    for each in of_kind(objects, "ObjectStore"):
        yield f"  {_node(each['metadata']['name'])} -->|WAL, base backups| bucket[(bucket of backups)]"
    for each in of_kind(objects, "Schedule"):
        yield f'  velero[Velero] -->|"{each["metadata"]["name"]}: {each["spec"]["schedule"]}"| bucket'


def _node(name: str) -> str:
    return name.replace("-", "_")
