"""What stops a plan that no rule forbids, because what it does cannot be undone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from deploy.aws.layers import guarded
from deploy.aws.plan import UNKNOWN, Change, Plan, Resource
from deploy.aws.rules.protection import SWITCHES
from deploy.aws.summary import losses
from deploy.refusal import REFUSED, Refusal

# What holds something that Terraform cannot make again.
STATEFUL = {
    "aws_backup_vault",
    "aws_backup_vault_lock_configuration",
    "aws_db_instance",
    "aws_db_instance_automated_backups_replication",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_ecr_repository",
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_kms_key",
    "aws_kms_replica_key",
    "aws_rds_cluster",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_object",
    "aws_secretsmanager_secret",
}
# Refused by AWS while they hold something, unless the configuration says otherwise.
_EMPTY_FIRST = {
    "aws_s3_bucket": "force_destroy",
    "aws_ecr_repository": "force_delete",
    "aws_backup_vault": "force_destroy",
}
# What keeps something when the resource itself goes; on, each of these switches takes that away.
_NETS = {
    **{kind: (switch,) for kind, switch in _EMPTY_FIRST.items()},
    "aws_db_instance": ("skip_final_snapshot", "delete_automated_backups"),
}


def stateful_losses(plan: Plan) -> list[Change]:
    """What the plan destroys or replaces that holds data, and what it takes a safety net from.

    A database's replica holds its source's data: it is none.
    """
    lost = [change for change in losses(plan) if change.type in STATEFUL]
    lost += [change for change in plan.changes if dropped(change)]
    return [change for change in lost if not (change.before and change.before.has("replicate_source_db"))]


def dropped(change: Change) -> list[str]:
    """What a change takes away although the resource stays: a safety net, or keys that others read of a handover."""
    if change.kind != "update" or change.before is None or change.after is None:
        return []
    if change.type == "aws_ssm_parameter":
        before, after = (parameter.get("insecure_value") for parameter in (change.before, change.after))
        # A handover that is known only after apply drops none.
        return [f"drops {key}" for key in sorted(_keys(before) - _keys(after))] if after is not UNKNOWN else []
    return [net for net in _NETS.get(change.type, ()) if change.after.on(net) and not change.before.on(net)]


def _keys(handover: Any) -> set[str]:
    return set(json.loads(handover)) if isinstance(handover, str) and handover.startswith("{") else set()


def loss_of(change: Change) -> str:
    """One loss in words."""
    return f"{change.address} ({', '.join(dropped(change)) or change.kind})"


def refuse_losses(plan: Plan, allowed: Iterable[str]) -> None:
    """Lets a plan pass that loses no data but what was named.

    Raises:
        Refusal: with the address of each resource that would be lost.
    """
    losing = [change for change in stateful_losses(plan) if change.address not in set(allowed)]
    if losing:
        listed = "\n".join(f"  {loss_of(change)}" for change in losing)
        options = " ".join(f"--allow-loss '{change.address}'" for change in losing)
        mend = "".join(f"\n  {line}" for line in untaint(plan, losing))
        raise Refusal(
            f"{plan.layer} would lose what cannot be made again; nothing was applied:\n{listed}\n"
            + (f"→ An apply broke off while it was made. Once AWS says that it is available:{mend}\n" if mend else "")
            + f"→ If that is meant, and a backup was restored once to see that it works: {options}",
            REFUSED,
        )


def untaint(plan: Plan, changes: Iterable[Change]) -> list[str]:
    """The commands that keep what is tainted instead of replacing it."""
    folder = f"deploy/terraform/live/{plan.environment}/{plan.layer}"
    return [f"terraform -chdir={folder} untaint '{change.address}'" for change in changes if change.tainted]


def refuse_protected(environment: str, name: str, resources: Iterable[Resource]) -> None:
    """Lets a destroy pass once deletion protection has been turned off everywhere.

    Raises:
        Refusal: with what is still protected, and how to release it.
    """
    found = [each for each in resources if each.type in SWITCHES and each.on(SWITCHES[each.type])]
    if found:
        listed = "\n".join(f"  {resource.address} ({SWITCHES[resource.type]})" for resource in found)
        raise Refusal(
            f"{name} is still protected against deletion; nothing was destroyed:\n{listed}\n"
            f"→ Set deletion_protection to false for {environment} in settings/environments.tf, review it, then\n"
            f"  `python -m deploy.aws apply {environment} --release {name}`, and destroy again.\n"
            "  A last snapshot and the automated backups stay: final_snapshot and keep_automated_backups let them go.",
            REFUSED,
        )


def refuse_unnamed(environment: str, name: str, given: str | None) -> None:
    """Lets a destroy pass that spells the environment's name, where one is needed.

    Raises:
        Refusal: when it was not spelled, or another was.
    """
    if given != name and (given is not None or guarded(environment)):
        raise Refusal(
            f"Destroying {name} needs its name: --yes-destroy {name}" + (f" (not {given})" if given else ""), REFUSED
        )


def must_be_empty(resources: Iterable[Resource]) -> list[str]:
    """The addresses of what AWS deletes only when it is empty."""
    held = [each for each in resources if each.type in _EMPTY_FIRST]
    return [each.address for each in held if each.get(_EMPTY_FIRST[each.type]) is not True]
