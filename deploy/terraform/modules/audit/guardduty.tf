locals {
  # Every feature is named, also those that are off: a new detector turns some on by itself, and each has its price.
  guardduty_features = {
    S3_DATA_EVENTS         = "ENABLED"
    EKS_AUDIT_LOGS         = "ENABLED"
    EBS_MALWARE_PROTECTION = "ENABLED"
    RDS_LOGIN_EVENTS       = "ENABLED"
    LAMBDA_NETWORK_LOGS    = "DISABLED"
    RUNTIME_MONITORING     = "DISABLED"
  }

  # GuardDuty answers with these whether they were asked for or not; unnamed, every plan would want to remove them.
  guardduty_agents = { RUNTIME_MONITORING = ["EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EKS_ADDON_MANAGEMENT"] }
}

resource "aws_guardduty_detector" "this" {
  #checkov:skip=CKV2_AWS_3:The detector watches one account. Joining it to an organisation is done once, in the organisation's own security account.
  count = var.guardduty ? 1 : 0

  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"

  tags = { Name = var.environment.name }
}

resource "aws_guardduty_detector_feature" "this" {
  for_each = var.guardduty ? local.guardduty_features : {}

  detector_id = aws_guardduty_detector.this[0].id
  name        = each.key
  status      = each.value

  dynamic "additional_configuration" {
    for_each = lookup(local.guardduty_agents, each.key, [])

    content {
      name   = additional_configuration.value
      status = "DISABLED"
    }
  }
}
