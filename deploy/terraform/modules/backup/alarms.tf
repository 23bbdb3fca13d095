# By EventBridge: a vault's own notifications report each success too, and reach one topic only.
resource "aws_cloudwatch_event_rule" "failures" {
  name        = "${local.vault}-failures"
  description = "Backups, copies and restores of ${var.environment.name} that did not end well"

  event_pattern = jsonencode({
    source      = ["aws.backup"]
    detail-type = ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"]
    detail = {
      "$or" = [
        { state = ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
        { status = ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failures" {
  # By place, not by ARN: a topic of the same apply has no ARN yet.
  count = length(var.alarm_topic_arns)

  rule = aws_cloudwatch_event_rule.failures.name
  arn  = var.alarm_topic_arns[count.index]
}

# No news is no good news: a plan that stopped running fails nothing. So the absence of a success is an alarm.
locals {
  silences = merge(
    { backup = "NumberOfBackupJobsCompleted" },
    var.copy_region == null ? {} : { copy = "NumberOfCopyJobsCompleted" },
  )
}

resource "aws_cloudwatch_metric_alarm" "silence" {
  for_each = local.silences

  alarm_name          = "${local.vault}-no-${each.key}"
  alarm_description   = "${local.vault}: no ${each.key} job ended well for two days"
  namespace           = "AWS/Backup"
  metric_name         = each.value
  dimensions          = { BackupVaultName = aws_backup_vault.this.name }
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 86400
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}
