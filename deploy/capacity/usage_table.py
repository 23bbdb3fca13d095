"""What recorded usage proposes, as a person reads it: requests beside today's, and the nodes of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.box import SIMPLE_HEAD
from rich.table import Table

from deploy.capacity import advice, nodes, pods
from deploy.capacity.money import Bought, bill
from deploy.capacity.plan import nodes_for
from deploy.capacity.settings import Environment
from deploy.capacity.usage import Proposal
from deploy.terminal import Terminal


def show(terminal: Terminal, found: Sequence[Proposal], environment: Environment) -> None:
    """Print all of it."""
    terminal.say(f"{environment.name}, by what {found[0].source} used (95th percentile):", "bold")
    headings = ("service", "CPU used", "requested", "proposed", "memory used", "requested", "proposed", "pods")
    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for each in found:
        cpu = (f"{each.cpu_used:.0f}m", f"{each.service.cpu}m", f"{each.cpu}m")
        memory = (f"{each.memory_used:.0f}Mi", f"{each.service.memory}Mi", f"{each.memory}Mi")
        table.add_row(each.service.name, *cpu, *memory, str(each.pods))
    terminal.show(table)
    before, after = sizes(found, environment)
    saved = _price(before, environment) - _price(after, environment)
    terminal.say(
        f"Nodes at today's requests: {advice.named(before)}. At the proposed: {advice.named(after)}, {-saved:+,.0f}"
        " USD a month."
    )
    for each in found:
        if (each.cpu, each.memory) != (each.service.cpu, each.service.memory):
            terminal.say(
                f"- services/{each.service.name}/service.yaml: resources: {{cpu: {each.cpu}m, memory: {each.memory}Mi}}"
            )
    terminal.say("Only a window with the busiest hours in it is one to size by.", "dim")


def sizes(found: Sequence[Proposal], environment: Environment) -> tuple[nodes.Nodes, nodes.Nodes]:
    """The nodes for the recorded load: at today's requests, and at the proposed."""
    today = [replace(each, cpu=each.service.cpu, memory=each.service.memory) for each in found]
    return _nodes(today, environment), _nodes(found, environment)


def _nodes(found: Sequence[Proposal], environment: Environment) -> nodes.Nodes:
    planned = [
        pods.Pods(
            name=each.service.name,
            needed=each.pods,
            least=each.service.least,
            most=each.service.most,
            millicores=each.all_cpu,
            cpu=each.cpu,
            memory=each.memory,
            orders_at_most=0,
        )
        for each in found
    ]
    return nodes_for(environment, planned)


def _price(found: nodes.Nodes, environment: Environment) -> float:
    return bill(Bought(found, environment.database_class, 0, environment.cache_type, 0), environment).nodes
