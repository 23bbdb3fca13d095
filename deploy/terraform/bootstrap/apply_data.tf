locals {
  # Only where the settings say so may Terraform empty a bucket to delete it.
  empty_buckets = [for statement in [{
    Sid      = "EmptyBuckets"
    Effect   = "Allow"
    Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"]
    Resource = ["arn:aws:s3:::${local.name}-${local.account}-*", "arn:aws:s3:::${local.name}-${local.account}-*/*"]
  }] : statement if local.environment.empty_on_destroy]

  apply_data = concat([
    {
      Sid    = "Databases"
      Effect = "Allow"
      Action = [
        "rds:AddTagsToResource", "rds:ApplyPendingMaintenanceAction", "rds:CreateDBInstance", "rds:CreateDBInstanceReadReplica",
        "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot", "rds:CreateDBSubnetGroup", "rds:CreateEventSubscription",
        "rds:DeleteDBInstance", "rds:DeleteDBInstanceAutomatedBackup", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup",
        "rds:DeleteEventSubscription", "rds:ModifyDBInstance", "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup",
        "rds:ModifyEventSubscription", "rds:RebootDBInstance", "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
        "rds:StartDBInstanceAutomatedBackupsReplication", "rds:StopDBInstanceAutomatedBackupsReplication",
      ]
      # Replicated backups bear numbers, and option groups AWS' own names.
      Resource = ["arn:aws:rds:*:${local.account}:*:${local.name}*", "arn:aws:rds:*:${local.account}:auto-backup:*", "arn:aws:rds:*:${local.account}:og:default:*"]
    },
    {
      # Snapshots have names of their own: a person's, the last one before a destroy, a vault's.
      Sid      = "RestoreDatabases"
      Effect   = "Allow"
      Action   = ["rds:RestoreDBInstanceFromDBSnapshot"]
      Resource = concat(["arn:aws:rds:${local.region}:${local.account}:snapshot:*", "arn:aws:rds:${local.region}:${local.account}:og:default:*"], [for kind in ["db", "pg", "subgrp"] : "arn:aws:rds:${local.region}:${local.account}:${kind}:${local.name}*"])
    },
    {
      Sid    = "Caches"
      Effect = "Allow"
      Action = [
        "elasticache:AddTagsToResource", "elasticache:CreateCacheParameterGroup", "elasticache:CreateCacheSubnetGroup",
        "elasticache:CreateReplicationGroup", "elasticache:CreateUser", "elasticache:CreateUserGroup", "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteCacheParameterGroup", "elasticache:DeleteCacheSubnetGroup", "elasticache:DeleteReplicationGroup",
        "elasticache:DeleteUser", "elasticache:DeleteUserGroup", "elasticache:IncreaseReplicaCount", "elasticache:ModifyCacheParameterGroup",
        "elasticache:ModifyCacheSubnetGroup", "elasticache:ModifyReplicationGroup", "elasticache:ModifyReplicationGroupShardConfiguration",
        "elasticache:ModifyUser", "elasticache:ModifyUserGroup", "elasticache:RemoveTagsFromResource", "elasticache:ResetCacheParameterGroup",
      ]
      Resource = ["arn:aws:elasticache:${local.region}:${local.account}:*:${local.name}*", "arn:aws:elasticache:${local.region}:${local.account}:parametergroup:default.*"]
    },
    {
      Sid    = "Secrets"
      Effect = "Allow"
      Action = [
        "secretsmanager:CreateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue", "secretsmanager:RestoreSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
      ]
      Resource = [local.secrets_arn]
    },
    {
      Sid    = "Buckets"
      Effect = "Allow"
      Action = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutBucketLogging",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource",
        "s3:UntagResource",
      ]
      Resource = ["arn:aws:s3:::${local.name}-${local.account}-*"]
    },
    {
      Sid    = "Backups"
      Effect = "Allow"
      Action = [
        "backup:CreateBackupPlan", "backup:CreateBackupSelection", "backup:CreateBackupVault", "backup:CreateRestoreTestingPlan",
        "backup:CreateRestoreTestingSelection", "backup:DeleteBackupPlan", "backup:DeleteBackupSelection", "backup:DeleteBackupVault",
        "backup:DeleteBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteBackupVaultNotifications",
        "backup:DeleteRestoreTestingPlan", "backup:DeleteRestoreTestingSelection", "backup:PutBackupVaultAccessPolicy",
        "backup:PutBackupVaultLockConfiguration", "backup:PutBackupVaultNotifications", "backup:TagResource", "backup:UntagResource",
        "backup:UpdateBackupPlan", "backup:UpdateRestoreTestingPlan", "backup:UpdateRestoreTestingSelection",
      ]
      # Plans bear numbers.
      Resource = ["arn:aws:backup:*:${local.account}:backup-vault:${local.name}*", "arn:aws:backup:*:${local.account}:backup-plan:*", "arn:aws:backup:*:${local.account}:restore-testing-plan:*"]
    },
    {
      # What a new vault is put into; it has no ARN.
      Sid       = "BackupStorage"
      Effect    = "Allow"
      Action    = ["backup-storage:MountCapsule"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = [local.region, local.organisation.copy_region] } }
    },
  ], local.empty_buckets)
}
