locals {
  exported_logs = ["postgresql", "upgrade"]
  log_groups = { for pair in setproduct(concat([local.identifier], values(local.replicas)), local.exported_logs) :
    "/aws/rds/instance/${pair[0]}/${pair[1]}" => pair[1]
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:logs_key_arn encrypts with the customer's key; without it CloudWatch encrypts with its own
  #checkov:skip=CKV_AWS_338:log_days is the environment's choice; statements of a year ago help nobody, and the audit trail is CloudTrail's
  for_each = local.log_groups

  name              = each.key
  retention_in_days = var.environment.log_days
  kms_key_id        = var.logs_key_arn
}

# Enhanced monitoring: processes and memory as the operating system sees them.
resource "aws_iam_role" "monitoring" {
  name                 = "${local.identifier}-monitoring"
  path                 = "/mercat/"
  description          = "RDS writes the operating system's metrics of ${local.identifier}"
  permissions_boundary = var.environment.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:rds:${local.region}:${local.account_id}:db:${local.identifier}*" }
      }
    }]
  })
}

# AWS' own policy instead of ours: it names just the one log group that enhanced monitoring writes to.
resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# What no metric shows: failovers, failures, a restart, a full disk. By EventBridge, which may publish to encrypted topics.
resource "aws_cloudwatch_event_rule" "instance" {
  name        = "${local.identifier}-events"
  description = "Failovers and failures of ${local.identifier}"

  event_pattern = jsonencode({
    source      = ["aws.rds"]
    detail-type = ["RDS DB Instance Event"]
    detail = {
      SourceIdentifier = [{ prefix = local.identifier }]
      EventCategories  = ["availability", "failover", "failure", "low storage", "recovery", "security"]
    }
  })
}

# The event as it is: Slack's bot shows only what it knows the form of.
resource "aws_cloudwatch_event_target" "instance" {
  # By place, not by ARN: a topic of the same apply has no ARN yet.
  count = length(var.alarm_topic_arns)

  rule = aws_cloudwatch_event_rule.instance.name
  arn  = var.alarm_topic_arns[count.index]
}
