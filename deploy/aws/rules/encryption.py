"""What holds data is encrypted, by the environment's own key wherever the service takes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from deploy.aws.plan import UNKNOWN, Plan, Resource

# {type: what it sets}: a key has a value, a switch is on.
_SET = {
    "aws_backup_vault": ("kms_key_arn",),
    "aws_cloudtrail": ("kms_key_id",),
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_db_instance": ("storage_encrypted", "kms_key_id"),
    "aws_db_instance_automated_backups_replication": ("kms_key_id",),
    "aws_ebs_volume": ("encrypted",),
    "aws_efs_file_system": ("encrypted",),
    "aws_elasticache_replication_group": ("at_rest_encryption_enabled", "transit_encryption_enabled"),
    "aws_rds_cluster": ("storage_encrypted", "kms_key_id"),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
}


def _set(paths: tuple[str, ...], resource: Resource) -> bool:
    # A replica takes its source's encryption and key. Route 53 and WAF log to us-east-1, where the environment has no
    # key: CloudWatch's own encrypts there.
    logs_abroad = resource.type == "aws_cloudwatch_log_group" and resource.get("region") == "us-east-1"
    elsewhere = resource.has("replicate_source_db") or logs_abroad
    return elsewhere or all(resource.has(path) and resource.get(path) not in {False, "false"} for path in paths)


def _repository(resource: Resource) -> bool:
    return resource.get("encryption_configuration.0.encryption_type") in {"KMS", "KMS_DSSE", UNKNOWN}


def _template(resource: Resource) -> bool:
    disks = [disk for block in resource.blocks("block_device_mappings") for disk in block.blocks("ebs")]
    return bool(disks) and all(disk.on("encrypted") for disk in disks)


def _cluster(resource: Resource) -> bool:
    secrets = "secrets" in resource.each("encryption_config.0.resources")
    return secrets and resource.has("encryption_config.0.provider.0.key_arn")


def _queue(resource: Resource) -> bool:
    return resource.has("kms_master_key_id") or resource.get("sqs_managed_sse_enabled") is True


def _rotated(resource: Resource) -> bool:
    # Only symmetric keys can rotate by themselves.
    symmetric = resource.get("customer_master_key_spec") in {None, "SYMMETRIC_DEFAULT"}
    return resource.on("enable_key_rotation") or not symmetric


_CHECKS: dict[str, tuple[Callable[[Resource], bool], str]] = {
    "aws_ecr_repository": (_repository, 'encryption_configuration with encryption_type = "KMS"'),
    "aws_eks_cluster": (_cluster, "encryption_config for secrets, with a key"),
    "aws_kms_key": (_rotated, "enable_key_rotation"),
    "aws_launch_template": (_template, "encrypted on each disk of block_device_mappings"),
    "aws_sqs_queue": (_queue, "kms_master_key_id or sqs_managed_sse_enabled"),
    **{kind: (partial(_set, paths), " and ".join(paths)) for kind, paths in _SET.items()},
}


def encryption(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """What stores data encrypts it, with a key where that is needed."""
    for resource in plan.of(*_CHECKS):
        holds, remedy = _CHECKS[resource.type]
        if not holds(resource):
            yield resource, f"is not encrypted as it should be: set {remedy}"
