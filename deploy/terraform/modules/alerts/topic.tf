resource "aws_sns_topic" "this" {
  name              = "${var.environment.name}-alerts"
  display_name      = "${var.environment.name} alerts"
  kms_master_key_id = var.key_arn
  # The newer signature, by which a receiver can tell our messages from forged ones.
  signature_version = "2"
}

locals {
  # Who raises alarms: budgets, cost anomalies, metrics, failed backups, bounced mail; and events, below.
  publishers = ["budgets", "costalerts", "cloudwatch", "backup", "ses"]
}

# Services, each only in the name of this account. People and roles of the account need IAM's permission as ever.
resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ServicesOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = [for publisher in local.publishers : "${publisher}.amazonaws.com"] }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.environment.account_id } }
      },
      {
        # EventBridge (GuardDuty, Health, RDS) does not say for whose account it publishes: a condition would refuse it.
        Sid       = "EventsOfRules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
      },
      {
        Sid       = "NothingInTheClear"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.emails)

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}
