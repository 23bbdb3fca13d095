# Who may encrypt with the logs key: services that act in their own name, each held to this account.
locals {
  log_writers = [
    {
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.environment.region}.amazonaws.com" }
      Action    = concat(local.use, ["kms:DescribeKey"])
      Resource  = "*"
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.environment.region}:${var.environment.account_id}:log-group:*" } }
    },
    {
      # No condition on the encryption context: with the bucket's own key S3 names the bucket there, and not the trail.
      Sid       = "AuditTrail"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceArn" = "arn:aws:cloudtrail:${var.environment.region}:${var.environment.account_id}:trail/${var.environment.name}" } }
    },
    {
      Sid       = "LogDeliveryToBuckets"
      Effect    = "Allow"
      Principal = { Service = ["config.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.environment.account_id } }
    },
    {
      Sid       = "PublishersToTopics"
      Effect    = "Allow"
      Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com"] }
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.environment.account_id } }
    },
    {
      # EventBridge, Backup and SES send no aws:SourceAccount to KMS: with the condition every message would be lost without a
      # word. The policies of the topics and queues themselves hold these services to this account.
      Sid       = "PublishersWithoutSource"
      Effect    = "Allow"
      Principal = { Service = ["backup.amazonaws.com", "events.amazonaws.com", "ses.amazonaws.com"] }
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
    },
    {
      # Session Manager's agent and client call KMS themselves, marked by the session's target.
      Sid       = "Sessions"
      Effect    = "Allow"
      Principal = { AWS = local.root }
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Condition = { StringLike = { "kms:EncryptionContext:aws:ssm:TargetId" = "*" } }
    },
  ]
}
