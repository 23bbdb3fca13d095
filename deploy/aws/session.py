"""What one call of a command works with: the tree, Terraform's environment, a place for plans, and its voice."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.aws.diagnostics import TerraformFailed
from deploy.aws.guards import STATEFUL, untaint
from deploy.aws.layers import Layer, layers
from deploy.aws.organisation import Organisation, organisation
from deploy.aws.plan import Plan, read, read_state
from deploy.aws.terraform import Terraform
from deploy.refusal import INTERRUPTED, Refusal
from deploy.terminal import Terminal


@dataclass(frozen=True)
class Step:
    """A layer that was planned. anything: whether applying it would do something."""

    layer: Layer
    plan: Plan
    anything: bool


class NeedsFirst(Refusal):
    """A layer waits for what earlier ones hand over. missing: their names."""

    def __init__(self, layer: Layer, missing: list[str]) -> None:
        command = f"python -m deploy.aws apply {layer.environment} --only {missing[0]}"
        super().__init__(f"{layer.name} needs what {', '.join(missing)} hands over: first `{command}`.")
        self.missing = missing


@dataclass
class Session:
    """place: a folder nobody else may read, since a saved plan may hold secrets. offline: everything is rehearsed."""

    tree: Path
    terminal: Terminal
    place: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False

    @property
    def organisation(self) -> Organisation:
        """The names and numbers of whoever runs the store."""
        return organisation(self.tree)

    def terraform(self, layer: Layer) -> Terraform:
        """Terraform in the folder of a layer."""
        return Terraform(layer.folder, self.environment)

    def planned(self, layer: Layer, *, destroy: bool = False) -> Step:
        """Plans one layer.

        Raises:
            NeedsFirst: when earlier layers were not applied. What could be planned without them: `partly`.
            TerraformFailed: as Terraform does.
        """
        terraform, file = self.terraform(layer), self._file(layer)
        with self.terminal.working("init"):
            terraform.init()
        try:
            with self.terminal.working("plan -destroy" if destroy else "plan"):
                anything = terraform.plan(file, destroy=destroy)
        except TerraformFailed as failed:
            missing = needs_first(failed, layer, layers(self.tree, layer.environment))
            if missing and not destroy:
                raise NeedsFirst(layer, missing) from failed
            raise
        return Step(layer, self.shown(layer, file), anything)

    def partly(self, layer: Layer) -> Plan | None:
        """What could be planned of a layer whose plan has errors."""
        file = self._file(layer)
        return self.shown(layer, file) if file.is_file() else None

    def shown(self, layer: Layer, file: Path | None = None) -> Plan:
        """A saved plan, or the state of a layer that is initialised."""
        found = self.terraform(layer).show(file)
        return (read if file else read_state)(found, layer.environment, layer.name)

    def state(self, layer: Layer) -> Plan:
        """What is there of a layer, as Terraform remembers it."""
        with self.terminal.working(f"{layer.name}: init and state"):
            self.terraform(layer).init()
            return self.shown(layer)

    def apply(self, step: Step) -> None:
        """Applies exactly what was planned."""
        try:
            with self.terminal.working("rehearsed" if self.offline else "apply"):
                heard = (lambda _: None) if self.offline else self.terminal.heard
                self.terraform(step.layer).apply(self._file(step.layer), heard)
        except (KeyboardInterrupt, TerraformFailed):
            # A state that cannot be read now is no reason to hide why the apply ended.
            with contextlib.suppress(TerraformFailed):
                self._tell_half_made(step.layer)
            raise

    def _tell_half_made(self, layer: Layer) -> None:
        """Names what exists and is tainted after an apply that broke off, and how to keep what holds data."""
        state = self.shown(layer)
        tainted = [change for change in state.changes if change.tainted]
        for change in tainted:
            then = "holds data, see below" if change.type in STATEFUL else "the next apply makes it anew"
            self.terminal.say(f"  half made: {change.address} ({then})", "yellow")
        if kept := untaint(state, [change for change in tainted if change.type in STATEFUL]):
            self.terminal.say(
                "  An apply refuses to replace what holds data. Once AWS says that it is available:", "yellow"
            )
            self.terminal.say("\n".join(f"    {command}" for command in kept))

    def _file(self, layer: Layer) -> Path:
        return self.place / f"{layer.environment}-{layer.name}.tfplan"


@contextlib.contextmanager
def session(tree: Path, terminal: Terminal, *, offline: bool = False) -> Iterator[Session]:
    """A session while the block runs. offline: on a copy of the tree, against doubles of the providers.

    Raises:
        Refusal: also for an interrupt, which is no failure and needs no traceback.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="mercat-aws-") as place, contextlib.ExitStack() as stack:
            if offline:
                terminal.say("Rehearsed offline: no account is asked, nothing is changed.", "dim")
                tree, environment = stack.enter_context(_rehearsal(Path(place) / "copy", tree))
                yield Session(tree, terminal, Path(place), environment, offline=True)
            else:
                yield Session(tree, terminal, Path(place))
    except KeyboardInterrupt:
        raise Refusal("Interrupted.", INTERRUPTED) from None


@contextlib.contextmanager
def _rehearsal(copy: Path, tree: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the tree, and the environment that leads Terraform to the double."""
    # What only rehearsals need is not asked of a machine that applies.
    try:
        from deploy.tests.double.account import Account
        from deploy.tests.double.run import missing
        from deploy.tests.double.serve import doubles
        from deploy.tests.double.tree import offline_copy
    except ImportError as absent:
        raise Refusal(
            f"--offline needs the development tools ({absent.name}): `make test-terraform` installs them."
        ) from None
    if reason := missing():
        raise Refusal(f"--offline cannot work: {reason}.")
    with doubles(Account(), tree) as environment:
        yield offline_copy(copy, tree), environment


def needs_first(failed: TerraformFailed, layer: Layer, all_layers: list[Layer]) -> list[str]:
    """The layers whose handover a layer waits for; none when something else is wrong."""
    missing = {diagnostic.missing_parameter for diagnostic in failed.diagnostics}
    earlier = {known.name for known in all_layers if known.name < layer.name}
    return sorted(missing) if missing <= earlier else []
