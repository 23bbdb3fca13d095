"""A bucket is private, encrypted, reached by TLS alone, keeps old versions and has no ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource
from deploy.aws.rules.documents import statements

_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_DELIVERIES = {"delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"}


def buckets(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Each bucket is private, versioned and encrypted, and refuses plain HTTP."""
    for bucket in plan.of("aws_s3_bucket"):
        for message in _lacks(plan, bucket):
            yield bucket, f"{message} (modules/bucket sets all of it)"


def _lacks(plan: Plan, bucket: Resource) -> Iterator[str]:
    block = _part(plan, bucket, "aws_s3_bucket_public_access_block")
    if block is None or not all(block.on(switch) for switch in _BLOCKS):
        yield "has no public access block with its four switches on"
    encryption = _part(plan, bucket, "aws_s3_bucket_server_side_encryption_configuration")
    if encryption is None or not encryption.has("rule.0.apply_server_side_encryption_by_default.0.sse_algorithm"):
        yield "has no encryption configuration"
    versioning = _part(plan, bucket, "aws_s3_bucket_versioning")
    if versioning is None or versioning.get("versioning_configuration.0.status") not in {"Enabled", UNKNOWN}:
        yield "keeps no old versions"
    policy = _part(plan, bucket, "aws_s3_bucket_policy")
    if policy is None or not _tls_only(policy):
        yield "has no policy that denies what does not come by TLS"
    ownership = _part(plan, bucket, "aws_s3_bucket_ownership_controls")
    owner = ownership.get("rule.0.object_ownership") if ownership else None
    if owner not in {"BucketOwnerEnforced", UNKNOWN} and not (policy and _takes_deliveries(policy)):
        yield "does not enforce the owner (BucketOwnerEnforced), though no log delivery writes to it"


def _part(plan: Plan, bucket: Resource, kind: str) -> Resource | None:
    """The resource of that type that is about the bucket."""
    found = (
        part for part in plan.of(kind) if any(part.belongs_to("bucket", bucket, name) for name in ("bucket", "id"))
    )
    return next(found, None)


def _tls_only(policy: Resource) -> bool:
    if policy.get("policy") is UNKNOWN:
        return True
    for statement in statements(policy.get("policy")):
        transport = statement.condition("Bool", "aws:SecureTransport")
        if statement.denies and statement.everyone and transport == "false" and "s3:*" in statement.actions:
            return True
    return False


def _takes_deliveries(policy: Resource) -> bool:
    if policy.get("policy") is UNKNOWN:
        return True
    return any(_DELIVERIES & statement.services for statement in statements(policy.get("policy")) if statement.allows)
