"""What a person types: `python -m deploy.aws plan|apply|destroy|cost ENV`. The work is in modules of their own."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from deploy import TERRAFORM
from deploy.aws import down, up
from deploy.aws.session import session
from deploy.aws.terraform import LIKE_CTRL_C
from deploy.refusal import refusing
from deploy.terminal import Terminal

app = typer.Typer(
    name="python -m deploy.aws",
    help="Brings an environment on AWS up and down, layer by layer.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Environment = Annotated[str, typer.Argument(metavar="ENV", help="development, staging or production.")]
Environments = Annotated[str, typer.Argument(metavar="ENV", help="An environment; with --offline also all.")]
Tree = Annotated[Path, typer.Option(help="The folder that holds live/ and settings/.", exists=True, file_okay=False)]
Only = Annotated[str | None, typer.Option(help="One layer, such as 30-data or data.")]
Offline = Annotated[bool, typer.Option("--offline", help="Rehearse without an account, on a double of AWS.")]


@app.command()
def plan(
    environment: Environments,
    *,
    tree: Tree = TERRAFORM,
    only: Only = None,
    offline: Offline = False,
    drift: Annotated[bool, typer.Option("--drift", help="End with 5 where anything would change.")] = False,
) -> None:
    """Show what an apply would do: changes, broken rules, price. Ends with 3 when a rule is broken."""
    with session(tree.resolve(), Terminal(), offline=offline) as opened:
        raise typer.Exit(up.plan(opened, environment, only, drift=drift))


@app.command()
def apply(
    environment: Environment,
    *,
    tree: Tree = TERRAFORM,
    only: Only = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for pipelines that were approved.")] = False,
    allow_loss: Annotated[list[str] | None, typer.Option(help="Address of what may be lost. May be repeated.")] = None,
    release: Annotated[
        str | None, typer.Option(metavar="NAME", help="Lets deletion protection go, before a destroy: mercat-staging.")
    ] = None,
) -> None:
    """Bring an environment up to what is written: each layer is planned, checked, confirmed, applied."""
    with session(tree.resolve(), Terminal()) as opened:
        raise typer.Exit(up.apply(opened, environment, only, yes=yes, allowed=allow_loss, release=release))


@app.command()
def destroy(
    environment: Environment,
    *,
    tree: Tree = TERRAFORM,
    only: Only = None,
    yes_destroy: Annotated[
        str | None, typer.Option(metavar="NAME", help="The environment's name, spelled: mercat-production.")
    ] = None,
    undeployed: Annotated[bool, typer.Option("--undeployed", help="The cluster is known to be empty.")] = False,
) -> None:
    """Take an environment down, the last layer first. Its state bucket and bootstrap stay."""
    with session(tree.resolve(), Terminal()) as opened:
        raise typer.Exit(down.destroy(opened, environment, only, named=yes_destroy, undeployed=undeployed))


@app.command()
def cost(environment: Environments, *, tree: Tree = TERRAFORM, only: Only = None, offline: Offline = False) -> None:
    """Show what an environment costs a month, by layer and item, beside its budget."""
    with session(tree.resolve(), Terminal(), offline=offline) as opened:
        raise typer.Exit(up.cost(opened, environment, only))


def main() -> None:
    """The entry point."""
    # So that Terraform writes its state first, and the saved plans are removed.
    for number in LIKE_CTRL_C:
        signal.signal(number, signal.default_int_handler)
    refusing(app)
