locals {
  # ElastiCache names the nodes of a group itself: group-001, group-002 ...
  nodes = { for number in range(1, 2 + var.replicas) : format("%03d", number) => "${local.identifier}-${format("%03d", number)}" }

  alarms = merge([for number, node in local.nodes : {
    for metric, alarm in merge(
      {
        cpu       = { metric = "EngineCPUUtilization", statistic = "Average", threshold = 80, silence = "breaching", why = "Valkey's one thread is busy, or the node is gone" }
        memory    = { metric = "DatabaseMemoryUsagePercentage", statistic = "Maximum", threshold = 90, silence = "missing", why = "memory is used up: keys go before their time" }
        evictions = { metric = "Evictions", statistic = "Sum", threshold = 10000, silence = "missing", why = "keys are thrown out to make room: rate limits forget, take a larger node" }
      },
      var.replicas > 0 ? { lag = { metric = "ReplicationLag", statistic = "Maximum", threshold = 30, silence = "missing", why = "a replica is half a minute behind: a failover would lose that" } } : {},
    ) : "${number}-${metric}" => merge(alarm, { node = node })
  }]...)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.identifier}-${each.key}"
  alarm_description   = "${each.value.node}: ${each.value.why}"
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  dimensions          = { CacheClusterId = each.value.node }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = each.value.silence
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}
