"""`plan` and `apply`: layer by layer in order, each with its rules, its losses and its price."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.aws import cost_table, rules, summary
from deploy.aws.cost import Estimate, estimate
from deploy.aws.guards import loss_of, refuse_losses, stateful_losses
from deploy.aws.layers import Layer, chosen, environments, layers
from deploy.aws.rules import Finding
from deploy.aws.session import NeedsFirst, Session, Step
from deploy.refusal import DIFFERS, MISUSED, REFUSED, Refusal


@dataclass
class Overview:
    """What became of an environment's layers in one call."""

    estimates: dict[str, Estimate] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    changing: bool = False


def plan(session: Session, environment: str, only: str | None = None, *, drift: bool = False) -> int:
    """Shows what an apply would do, of one environment or of all; the status to end with. drift: any change counts."""
    broken, changing = 0, False
    for name in _named(session, environment):
        overview = _planned(session, name, only)
        broken += len(overview.findings)
        changing = changing or overview.changing or bool(overview.waiting)
        _tell(session, name, overview, whole=only is None)
    if broken:
        return REFUSED
    return DIFFERS if drift and changing else 0


def cost(session: Session, environment: str, only: str | None = None) -> int:
    """Shows what an environment, or each of them, costs a month."""
    for name in _named(session, environment):
        overview = _planned(session, name, only, quiet=True)
        budget = session.organisation.budgets.get(name)
        cost_table.show(session.terminal, name, overview.estimates, budget)
        for layer, missing in overview.waiting.items():
            session.terminal.say(f"{layer} is not in the sum: it waits for {', '.join(missing)}.", "yellow")
    return 0


def apply(
    session: Session,
    environment: str,
    only: str | None = None,
    *,
    yes: bool = False,
    allowed: list[str] | None = None,
    release: str | None = None,
) -> int:
    """Applies layer by layer, each after a plan that was shown, checked and confirmed.

    allowed: addresses that may be lost. release: the environment's name, spelled, lets deletion protection go.
    """
    name = session.organisation.name(environment)
    if release not in {None, name}:
        raise Refusal(f"--release spells the environment's name: {name}, not {release}.", REFUSED)
    selected = chosen(layers(session.tree, environment), only)
    with telling_where_it_stopped(session, selected) as done:
        for number, layer in enumerate(selected, 1):
            session.terminal.heading(number, len(selected), layer.name)
            step = session.planned(layer)
            waived = {"protection"} if release else set[str]()
            _refuse_findings(session, layer, _report(session, step), waived)
            refuse_losses(step.plan, allowed or [])
            if step.anything:
                if not yes:
                    question = f"Apply this to {name}, {layer.name}? ({summary.sentence(step.plan)})"
                    session.terminal.confirm(question, "a pipeline that has been approved passes --yes")
                session.apply(step)
                _read_what_was_unknown(session, step, waived)
            done.append(layer.name)
    session.terminal.say(f"\n{name}{f', {only},' if only else ''} is as it is written.", "bold green")
    return 0


def _named(session: Session, environment: str) -> list[str]:
    """The environment, or each of them."""
    if environment != "all":
        return [environment]
    if not session.offline:
        raise Refusal(
            "Each environment is an account of its own: sign in to one and name it, or all with --offline.", MISUSED
        )
    return environments(session.tree)


def _planned(session: Session, environment: str, only: str | None, *, quiet: bool = False) -> Overview:
    everything, overview = layers(session.tree, environment), Overview()
    selected = chosen(everything, only)
    # A rehearsal makes the layers before the one that is asked for, since that one reads what they hand over.
    run = everything[: everything.index(selected[-1]) + 1] if session.offline else selected
    for number, layer in enumerate(run, 1):
        session.terminal.heading(number, len(run), f"{environment} / {layer.name}")
        try:
            step = session.planned(layer)
        except NeedsFirst as waits:
            overview.waiting[layer.name] = waits.missing
            session.terminal.say(f"  waits for {', '.join(waits.missing)}, which has to be applied first.", "yellow")
            if not quiet:
                _report_part(session, layer)
            continue
        if layer in selected:
            overview.estimates[layer.name] = estimate(step.plan.resources, environment)
            overview.findings += [] if quiet else _report(session, step)
            overview.changing = overview.changing or step.anything
        if session.offline and step.anything:
            session.apply(step)
    return overview


def _report_part(session: Session, layer: Layer) -> None:
    """Shows what could be planned of a layer that waits for others."""
    part = session.partly(layer)
    if part is not None and summary.counts(part):
        session.terminal.say(f"  What needs nothing of it: {summary.sentence(part)}.")
        session.terminal.show(*summary.tables(part))


def _report(session: Session, step: Step) -> list[Finding]:
    """Shows one layer's plan; the rules that it breaks."""
    plan, terminal = step.plan, session.terminal
    outputs = step.anything and not summary.counts(plan)
    terminal.say(f"  {'only outputs change' if outputs else summary.sentence(plan)}", "bold")
    terminal.show(*summary.tables(plan))
    if plan.drifted:
        terminal.say(f"  {plan.drifted} resources were changed outside of Terraform since the last apply.", "yellow")
    for change in stateful_losses(plan):
        terminal.say(f"  holds data: {loss_of(change)}; an apply needs --allow-loss", "red")
    before, after = (estimate(found, plan.environment) for found in (plan.before, plan.resources))
    terminal.say(f"  about {after.usd:,.0f} USD a month ({after.usd - before.usd:+,.0f})")
    for what in after.unpriced:
        terminal.say(f"  not priced: {what}", "yellow")
    unread = rules.unread(plan)
    if unread:
        terminal.say(f"  {len(unread)} policies are known only after apply; they are read then.", "dim")
    findings = rules.check(plan)
    for finding in findings:
        terminal.say(f"  ✗ {finding.rule}: {finding.address}\n      {finding.message}", "red")
    return findings


def _refuse_findings(
    session: Session, layer: Layer, broken: list[Finding], waived: set[str], so: str = "nothing was applied"
) -> None:
    findings = [finding for finding in broken if finding.rule not in waived]
    if findings:
        listed = "\n".join(f"  {finding.rule}: {finding.address}: {finding.message}" for finding in findings)
        raise Refusal(f"{layer.name} breaks {len(findings)} rules; {so}:\n{listed}", REFUSED)
    if broken:
        session.terminal.say("  deletion protection may go (--release)", "yellow")


def _read_what_was_unknown(session: Session, step: Step, waived: set[str]) -> None:
    """Reads the policies that no plan could show, now that they exist."""
    if rules.unread(step.plan):
        so = "it IS applied, since its policies were known only now: mend it at once"
        _refuse_findings(session, step.layer, rules.check(session.shown(step.layer)), waived, so)


@contextlib.contextmanager
def telling_where_it_stopped(session: Session, selected: list[Layer]) -> Iterator[list[str]]:
    """Yields a list for the layers that are done; a stop says which are, and that a new run goes on from there."""
    done: list[str] = []
    try:
        yield done
    except BaseException:
        left = [layer.name for layer in selected if layer.name not in done]
        session.terminal.say(f"\nDone: {', '.join(done) or 'no layer'}. Not done: {', '.join(left)}.", "yellow")
        session.terminal.say(
            "What is done stays; once the reason is gone, the same command goes on from there.", "yellow"
        )
        raise


def _tell(session: Session, environment: str, overview: Overview, *, whole: bool) -> None:
    terminal = session.terminal
    terminal.say()
    for layer, missing in overview.waiting.items():
        terminal.say(f"{layer}: apply {', '.join(missing)} first, then it can be planned whole.", "yellow")
    if overview.findings:
        terminal.say(f"{len(overview.findings)} rules are broken: an apply would refuse.", "bold red")
    total = sum(estimate.usd for estimate in overview.estimates.values())
    if whole and not overview.waiting:
        terminal.say(f"{environment}: about {total:,.0f} USD a month.", "bold")
        cost_table.against(terminal, environment, total, session.organisation.budgets.get(environment))
