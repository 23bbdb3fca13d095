"""What must not be deleted by one mistake is protected against deletion, by AWS itself."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.layers import guarded
from deploy.aws.plan import Plan, Resource

# Where AWS's own protection is switched on, by type.
SWITCHES = {
    "aws_db_instance": "deletion_protection",
    "aws_eks_cluster": "deletion_protection",
    "aws_lb": "enable_deletion_protection",
    "aws_rds_cluster": "deletion_protection",
}


def protection(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Where people depend on it. An apply with --release lets this one rule go, before a destroy."""
    if not guarded(plan.environment):
        return
    for resource in plan.of(*SWITCHES):
        # A replica can be made anew from its source.
        if not resource.on(SWITCHES[resource.type]) and not resource.has("replicate_source_db"):
            yield resource, f"set {SWITCHES[resource.type]} = true"
    for database in plan.of("aws_db_instance"):
        for net in ("skip_final_snapshot", "delete_automated_backups"):
            # The provider deletes backups where nothing is said.
            if not database.has("replicate_source_db") and database.get(net) is not False:
                yield database, f"set {net} = false: what is left when the database is deleted"
