locals {
  queue_name = "${var.environment.name}-karpenter"
  queue_arn  = "arn:aws:sqs:${var.environment.region}:${var.environment.account_id}:${local.queue_name}"

  # What AWS announces about an instance before it takes it away; two minutes are enough to drain a node.
  interruptions = {
    health      = { source = "aws.health", type = "AWS Health Event", detail = { service = ["EC2"], eventTypeCategory = ["scheduledChange"] } }
    spot        = { source = "aws.ec2", type = "EC2 Spot Instance Interruption Warning", detail = null }
    rebalance   = { source = "aws.ec2", type = "EC2 Instance Rebalance Recommendation", detail = null }
    state       = { source = "aws.ec2", type = "EC2 Instance State-change Notification", detail = { state = ["stopping", "stopped", "shutting-down", "terminated"] } }
    reservation = { source = "aws.ec2", type = "EC2 Capacity Reservation Instance Interruption Warning", detail = null }
  }
}

resource "aws_sqs_queue" "interruptions" {
  name              = local.queue_name
  kms_master_key_id = var.queue_key_arn

  # An announcement older than five minutes is about an instance that is gone.
  message_retention_seconds = 300
  receive_wait_time_seconds = 20
}

resource "aws_sqs_queue_policy" "interruptions" {
  queue_url = aws_sqs_queue.interruptions.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OurRules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.environment.account_id }
          ArnLike      = { "aws:SourceArn" = "arn:aws:events:${var.environment.region}:${var.environment.account_id}:rule/${local.queue_name}-*" }
        }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.queue_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "interruptions" {
  for_each = local.interruptions

  name        = "${local.queue_name}-${each.key}"
  description = "${each.value.type} to Karpenter's queue"

  event_pattern = jsonencode(merge(
    { source = [each.value.source], detail-type = [each.value.type] },
    each.value.detail == null ? {} : { detail = each.value.detail },
  ))
}

resource "aws_cloudwatch_event_target" "interruptions" {
  for_each = local.interruptions

  rule      = aws_cloudwatch_event_rule.interruptions[each.key].name
  target_id = "karpenter"
  arn       = aws_sqs_queue.interruptions.arn
}
