"""The pictures of docs/architecture.md, and docs/reference/services.md: from every service.yaml and from imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from chassis.config import service_spec
from chassis.config.service_spec import ServiceSpec
from tools import rooms
from tools.documents import marked
from tools.gates.tree import ROOT
from tools.reference.tables import table

ARCHITECTURE, SERVICES = "docs/architecture.md", "docs/reference/services.md"
_SCHEMA = ROOT / "chassis" / "config" / "service.schema.json"
# What a service may reach outside of the store: as a box of the picture.
_OUTSIDE = {"stripe": "Stripe", "smtp": "mail server", "internet": "pictures of an import, receivers of webhooks"}
_HEAD = """# Services

For developers and operators: what each service is to the platform: routes, database, who asks and follows whom, size.

Made from each `service.yaml` by `make docs ARGS=--write`. From the same files come the laptop's processes, the
charts, the network policies, the keys and rights between services, the dashboards and the alerts. A picture of them:
[architecture](../architecture.md).
"""


def pages() -> dict[str, str]:
    """Both pages."""
    found = specs()
    pictured = marked.replaced(rooms.page(), "services", picture(found))
    return {ARCHITECTURE: pictured, SERVICES: reference(found)}


def specs() -> list[ServiceSpec]:
    """Every service, by name."""
    return [service_spec.read(path) for path in sorted(ROOT.glob("services/*/service.yaml"))]


def picture(found: list[ServiceSpec]) -> str:
    """The system: the edge, the services, what they call, read, follow and reach."""
    return "\n".join(["```mermaid", "flowchart LR", *(f"  {line}" for line in _lines(found)), "```"])


def _lines(found: list[ServiceSpec]) -> Iterator[str]:
    yield "shopper([shoppers, staff]) -->|HTTPS| traefik[Traefik: TLS, routes]"
    yield "subgraph services"
    yield from (f"  {each.name}[{each.name}]" for each in found)
    yield "end"
    yield f"traefik --> {_all(each.name for each in found if each.routes)}"
    for each in found:
        if each.calls:
            yield f"{each.name} -->|calls| {_all(each.calls)}"
        if each.reads:
            yield f"{each.name} -->|reads| {_all(each.reads)}"
        if each.follows:
            yield f"{each.name} -.->|follows| {_all(each.follows)}"
    for name, words in _OUTSIDE.items():
        if reaching := [each.name for each in found if name in each.reaches]:
            yield f"{_all(reaching)} --> {name}([{words}])"
    owners = [each.name for each in found if each.database]
    yield f"{'services' if len(owners) == len(found) else _all(owners)} --- postgres[(PostgreSQL: a database each)]"
    yield "services -.- valkey[(Valkey: optional)]"


def _all(names: Iterable[str]) -> str:
    return " & ".join(names)


def reference(found: list[ServiceSpec]) -> str:
    """The page of all services."""
    parts = [_HEAD, "## Who may do what\n", _matrix(found)]
    for each in found:
        parts += [f"## {each.name}\n", f"{each.about[0].upper()}{each.about[1:]}. [Its README]({_readme(each)}).\n"]
        parts.append(_table(each, found))
    return "\n".join([*parts, "## The fields\n", _fields()])


def _matrix(found: list[ServiceSpec]) -> str:
    """By caller: what it may call and read, and whose events it gets."""
    heads = ("service", "calls `/internal` of", "reads what is public of", "follows the feed of", "reaches outside")
    return table(
        heads, [(each.name, *map(_words, (each.calls, each.reads, each.follows, each.reaches))) for each in found]
    )


def _table(each: ServiceSpec, found: list[ServiceSpec]) -> str:
    callers = [other.name for other in found if each.name in other.calls]
    rows = {
        "routes": "<br>".join(f"`{route}`" for route in each.routes) or "none",
        "database": f"`{each.database}`" if each.database else "none",
        "called by": _words(callers),
        "followed by": _words(each.followed_by),
        "keys of its own": _words([f"`{key.upper()}_FILE`" for key in each.keys]),
        "objective": f"{each.slo.availability:g} % of requests in 30 days; 99 % of them within {each.slo.p99}",
        "a pod requests": f"{each.resources.cpu} CPU, {each.resources.memory} memory",
        "pods": f"{each.scale.min} to {each.scale.max}",
        "one more pod": f"above {each.scale.cpu} % of the requested CPU, or {each.scale.memory} % of the memory",
        "class under load": each.admission,
        "first port on a laptop": str(each.port),
    }
    return table(("what", "is"), rows.items())


def _fields() -> str:
    """What each field means, by the schema."""
    schema = msgspec.json.decode(_SCHEMA.read_bytes())
    described = {name: field["description"] for name, field in schema["properties"].items() if "description" in field}
    return table(("field", "means"), [(f"`{name}`", text) for name, text in described.items()])


def _readme(each: ServiceSpec) -> str:
    return f"../../services/{each.name}/README.md"


def _words(names: list[str]) -> str:
    return ", ".join(names) or "none"
