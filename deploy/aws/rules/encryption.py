"""What holds data is encrypted, by the environment's own key wherever the service takes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from deploy.aws.plan import UNKNOWN, Plan, Resource
from deploy.aws.rules.finding import Finding

Check = Callable[[Resource], bool]


def _key(path: str) -> Check:
    return lambda resource: resource.has(path)


def _on(path: str) -> Check:
    return lambda resource: resource.on(path)


def _copy_of_another(resource: Resource) -> bool:
    """A replica in the same region takes its source's encryption, and its key."""
    return resource.has("replicate_source_db")


def _log_group(resource: Resource) -> bool:
    # Route 53 and WAF write to us-east-1, where the environment has no key: CloudWatch's own encrypts there.
    return resource.has("kms_key_id") or resource.get("region") == "us-east-1"


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
    return resource.on("enable_key_rotation") or resource.get("customer_master_key_spec") not in {
        None,
        "SYMMETRIC_DEFAULT",
    }


def _database(resource: Resource) -> bool:
    return _copy_of_another(resource) or (resource.on("storage_encrypted") and resource.has("kms_key_id"))


_CHECKS: dict[str, list[tuple[Check, str]]] = {
    "aws_backup_vault": [(_key("kms_key_arn"), "set kms_key_arn")],
    "aws_cloudtrail": [(_key("kms_key_id"), "set kms_key_id")],
    "aws_cloudwatch_log_group": [(_log_group, "set kms_key_id")],
    "aws_db_instance": [(_database, "set storage_encrypted and kms_key_id")],
    "aws_db_instance_automated_backups_replication": [(_key("kms_key_id"), "set kms_key_id")],
    "aws_ebs_volume": [(_on("encrypted"), "set encrypted")],
    "aws_ecr_repository": [(_repository, 'set encryption_configuration with encryption_type = "KMS"')],
    "aws_efs_file_system": [(_on("encrypted"), "set encrypted")],
    "aws_eks_cluster": [(_cluster, "set encryption_config for secrets, with a key")],
    "aws_elasticache_replication_group": [
        (_on("at_rest_encryption_enabled"), "set at_rest_encryption_enabled"),
        (_on("transit_encryption_enabled"), "set transit_encryption_enabled"),
    ],
    "aws_kms_key": [(_rotated, "set enable_key_rotation")],
    "aws_launch_template": [(_template, "set encrypted on each disk of block_device_mappings")],
    "aws_rds_cluster": [(_database, "set storage_encrypted and kms_key_id")],
    "aws_secretsmanager_secret": [(_key("kms_key_id"), "set kms_key_id")],
    "aws_sns_topic": [(_key("kms_master_key_id"), "set kms_master_key_id")],
    "aws_sqs_queue": [(_queue, "set kms_master_key_id or sqs_managed_sse_enabled")],
}


def encryption(plan: Plan) -> Iterable[Finding]:
    """What stores data encrypts it, with a key where that is needed."""
    for resource in plan.resources:
        for holds, remedy in _CHECKS.get(resource.type, ()):
            if not holds(resource):
                yield Finding("encryption", resource.address, f"is not encrypted as it should be: {remedy}")
