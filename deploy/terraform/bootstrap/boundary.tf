# The ceiling of every role of ours, the pipeline's included. A boundary grants nothing: a role may do what its own policies allow and
# this allows too. So the services stand here whole, and the rights are counted out in the roles' policies.
locals {
  boundary_services = [
    "access-analyzer", "acm", "autoscaling", "backup", "backup-storage", "budgets", "ce", "chatbot", "cloudfront", "cloudtrail",
    "cloudwatch", "codebuild", "codeconnections", "config", "ec2", "ec2messages", "ecr", "eks", "eks-auth", "elasticache", "elasticloadbalancing", "events", "guardduty",
    "inspector2", "kms", "logs", "pi", "pricing", "rds", "route53", "s3", "secretsmanager", "ses", "sns", "sqs", "ssm", "ssmmessages",
    "sts", "tag", "wafv2",
  ]

  state_bucket_arn = "arn:aws:s3:::${local.environment.state_bucket}"
  audit_bucket_arn = "arn:aws:s3:::${local.name}-${local.account}-audit"

  # Where things are guarded against deletion, Terraform does not switch the watching off either, nor does any role that it might
  # make for itself end the backups or the keys that open them: an administrator would.
  untouchable = [for statement in [
    {
      Sid      = "NobodyStopsTheTrail"
      Effect   = "Deny"
      Action   = ["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "guardduty:DeleteDetector", "s3:DeleteBucket", "s3:DeleteObject*"]
      Resource = ["arn:aws:cloudtrail:*:${local.account}:trail/*", "arn:aws:guardduty:*:${local.account}:detector/*", local.audit_bucket_arn, "${local.audit_bucket_arn}/*"]
    },
    {
      # Not rds:DeleteDBSnapshot: AWS Backup ends its old ones in its role's name.
      Sid    = "NobodyEndsBackups"
      Effect = "Deny"
      Action = [
        "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "kms:DisableKey",
        "kms:ScheduleKeyDeletion", "rds:DeleteDBInstanceAutomatedBackup", "s3:BypassGovernanceRetention",
      ]
      Resource = "*"
    },
  ] : statement if local.environment.deletion_protection]
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = "/mercat/"
  description = "${local.name}: the ceiling of every role of the store"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "Services"
        Effect   = "Allow"
        Action   = concat([for service in local.boundary_services : "${service}:*"], ["iam:Get*", "iam:List*", "iam:CreateServiceLinkedRole", "iam:PassRole"])
        Resource = "*"
      },
      {
        Sid       = "TerraformWritesIam"
        Effect    = "Allow"
        Action    = "iam:*"
        Resource  = "*"
        Condition = { ArnEquals = { "aws:PrincipalArn" = local.role_arns.apply } }
      },
      {
        # Chatbot answers in a few regions of its own only.
        Sid       = "OtherRegions"
        Effect    = "Deny"
        NotAction = "chatbot:*"
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:RequestedRegion" = local.regions } }
      },
      {
        Sid      = "NobodyLeaves"
        Effect   = "Deny"
        Action   = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]
        Resource = "*"
      },
      {
        Sid       = "NobodyMakesOneOutside"
        Effect    = "Deny"
        Action    = ["iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"]
        Resource  = "*"
        Condition = { StringNotEquals = { "iam:PermissionsBoundary" = local.environment.boundary_arn } }
      },
      {
        Sid    = "NobodyChangesWhatHoldsThem"
        Effect = "Deny"
        Action = [
          "iam:AddClientID*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Remove*", "iam:SetDefaultPolicyVersion",
          "iam:Tag*", "iam:Untag*", "iam:Update*",
        ]
        Resource = concat(values(local.role_arns), [
          local.environment.boundary_arn,
          "arn:aws:iam::${local.account}:policy/mercat/github/*",
          "arn:aws:iam::${local.account}:oidc-provider/*",
        ])
      },
      {
        # Deleting them is left out: a destroy of the SMTP user takes its key along.
        Sid    = "NobodyMakesKeysForPeople"
        Effect = "Deny"
        Action = [
          "account:*", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:*MFADevice", "iam:*SSHPublicKey", "iam:*ServiceSpecificCredential",
          "iam:*SigningCertificate", "iam:*SAMLProvider", "organizations:*",
        ]
        Resource = "*"
      },
      {
        Sid       = "StateForTerraformOnly"
        Effect    = "Deny"
        Action    = ["s3:*Object*", "s3:ListBucket*"]
        Resource  = [local.state_bucket_arn, "${local.state_bucket_arn}/*"]
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = [local.role_arns.plan, local.role_arns.apply] } }
      },
      {
        Sid      = "StateKeepsItsGuards"
        Effect   = "Deny"
        Action   = ["s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutBucket*", "s3:Put*Configuration"]
        Resource = [local.state_bucket_arn, "${local.state_bucket_arn}/*"]
      },
      {
        Sid      = "StateKeepsItsKey"
        Effect   = "Deny"
        Action   = ["kms:CreateGrant", "kms:Delete*", "kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Update*"]
        Resource = aws_kms_key.state.arn
      },
      {
        Sid    = "WatchersForTerraformOnly"
        Effect = "Deny"
        Action = [
          "access-analyzer:DeleteAnalyzer", "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
          "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:StopConfigurationRecorder", "guardduty:DeleteDetector",
          "guardduty:UpdateDetector",
        ]
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = local.role_arns.apply } }
      },
      {
        Sid       = "RecordsForTerraformOnly"
        Effect    = "Deny"
        Action    = ["s3:Delete*", "s3:PutBucket*", "s3:Put*Configuration"]
        Resource  = [local.audit_bucket_arn, "${local.audit_bucket_arn}/*"]
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = local.role_arns.apply } }
      },
    ], local.untouchable)
  })

  lifecycle {
    precondition {
      condition     = local.environment.boundary_arn == "arn:aws:iam::${local.account}:policy/mercat/${local.name}-boundary"
      error_message = "settings/outputs.tf names another boundary (boundary_arn) than the one that is made here: every role would be refused."
    }
  }
}
