"""`destroy`: an environment's layers in the reverse order, behind three guards."""

from __future__ import annotations

from deploy.aws import summary
from deploy.aws.guards import must_be_empty, refuse_protected, refuse_unnamed, stateful_losses
from deploy.aws.layers import Layer, chosen, layers
from deploy.aws.plan import Plan
from deploy.aws.session import Session, Step
from deploy.aws.up import telling_where_it_stopped
from deploy.refusal import REFUSED, Refusal

# What lives in the cluster owns disks and network interfaces in AWS, which Terraform does not know.
_AFTER_THE_WORKLOADS = {"cluster", "network"}


def destroy(
    session: Session, environment: str, only: str | None = None, *, named: str | None = None, undeployed: bool = False
) -> int:
    """Destroys layer by layer. named: the environment's name, spelled; undeployed: the cluster is known to be empty.

    Nothing is destroyed before every layer was looked at: half an environment is worse than a whole one.
    """
    name = session.organisation.name(environment)
    refuse_unnamed(environment, name, named)
    everything = layers(session.tree, environment)
    selected = chosen(everything, only)
    looked_at = everything[everything.index(selected[0]) :]
    states = {layer.name: session.state(layer) for layer in looked_at}
    _refuse_what_others_stand_on(selected, states)
    refuse_protected(environment, name, (each for layer in selected for each in states[layer.name].resources))
    order = list(reversed(selected))
    with telling_where_it_stopped(session, order) as done:
        for number, layer in enumerate(order, 1):
            session.terminal.heading(number, len(order), layer.name)
            if states[layer.name].resources:
                _destroy(session, layer, name, named=named, undeployed=undeployed)
            else:
                session.terminal.say("  nothing is there")
            done.append(layer.name)
    gone = f"{name} is gone. Its state bucket and what bootstrap made stay." if only is None else f"{only} is gone."
    session.terminal.say(f"\n{gone}", "bold")
    return 0


def _refuse_what_others_stand_on(selected: list[Layer], states: dict[str, Plan]) -> None:
    """Raises:
    Refusal: when a layer stays that was made after one of those that shall go.
    """
    names = {layer.name for layer in selected}
    standing = [name for name, state in states.items() if name not in names and state.resources]
    if standing:
        raise Refusal(
            f"{', '.join(reversed(standing))} must be destroyed first: it stands on {selected[0].name}.", REFUSED
        )


def _destroy(session: Session, layer: Layer, name: str, *, named: str | None, undeployed: bool) -> None:
    step = session.planned(layer, destroy=True)
    _report(session, step)
    if layer.name[3:] in _AFTER_THE_WORKLOADS:
        session.terminal.say(
            "  Workloads, PVCs and gateways must be gone from the cluster first: docs/aws/bring-up.md, Take it down",
            "yellow",
        )
        if not undeployed:
            session.terminal.confirm("Are they gone?", "a pipeline that removed them passes --undeployed")
    if named is None:
        question = f"Destroy {layer.name} of {name}? ({summary.sentence(step.plan)})"
        session.terminal.confirm(question, f"a pipeline passes --yes-destroy {name}")
    session.apply(step)


def _report(session: Session, step: Step) -> None:
    terminal, plan = session.terminal, step.plan
    terminal.say(f"  {summary.sentence(plan)}", "bold")
    terminal.show(*summary.tables(plan))
    for change in stateful_losses(plan):
        terminal.say(f"  holds data: {change.address}", "red")
    for address in must_be_empty(plan.before):
        terminal.say(f"  is deleted only when it is empty: {address}", "yellow")
