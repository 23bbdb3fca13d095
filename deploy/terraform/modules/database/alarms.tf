locals {
  # Memory by class, to say "a tenth of it" and "three quarters of the connections": RDS derives max_connections from it.
  memory_of_large = { t = 8, m = 8, c = 4, r = 16, x = 32 }
  sizes           = { micro = 0.125, small = 0.25, medium = 0.5, large = 1, xlarge = 2 }

  instances = merge(
    { primary = { identifier = local.identifier, class = var.instance_class } },
    { for number, identifier in local.replicas : "reader-${number}" => {
      identifier = identifier, class = var.instance_class
    } },
  )
  memory_gib = { for role, instance in local.instances : role =>
    local.memory_of_large[substr(instance.class, 3, 1)] * try(
      local.sizes[split(".", instance.class)[2]],
      tonumber(trimsuffix(split(".", instance.class)[2], "xlarge")) * 2
    )
  }
  connections = { for role, gib in local.memory_gib : role => min(5000, floor(gib * 1073741824 / 9531392)) }

  # `silence` says what no data means: of the processor's metric that the instance is gone, of most others nothing.
  alarms = merge([for role, instance in local.instances : {
    for metric, alarm in merge(
      {
        cpu         = { metric = "CPUUtilization", statistic = "Average", above = true, threshold = 80, silence = "breaching", why = "statements take the processor for 15 minutes: see Performance Insights, top SQL" }
        memory      = { metric = "FreeableMemory", statistic = "Average", above = false, threshold = local.memory_gib[role] * 107374182, silence = "missing", why = "less than a tenth of the memory is left" }
        storage     = { metric = "FreeStorageSpace", statistic = "Minimum", above = false, threshold = var.storage_gb * 107374182, silence = "missing", why = "less than a tenth of the first size is free, and storage did not grow: at max_storage_gb?" }
        connections = { metric = "DatabaseConnections", statistic = "Maximum", above = true, threshold = floor(local.connections[role] * 0.75), silence = "missing", why = "three quarters of max_connections are in use: pools times pods are too many" }
        writes      = { metric = "WriteLatency", statistic = "Average", above = true, threshold = 0.02, silence = "missing", why = "a write takes more than 20 ms: every commit waits for it" }
      },
      role == "primary" ? {
        wraparound = { metric = "MaximumUsedTransactionIDs", statistic = "Maximum", above = true, threshold = 1000000000, silence = "missing", why = "half of the transaction ids are used up: vacuum does not get through, look for old transactions and slots" }
        } : {
        lag = { metric = "ReplicaLag", statistic = "Maximum", above = true, threshold = 60, silence = "breaching", why = "the replica is a minute behind, or does not replicate" }
      },
      startswith(instance.class, "db.t") ? {
        credits = { metric = "CPUCreditBalance", statistic = "Average", above = false, threshold = 20, silence = "missing", why = "the burstable class has used up its credits: it costs extra now, or take a larger one" }
      } : {},
    ) : "${role}-${metric}" => merge(alarm, { identifier = instance.identifier })
  }]...)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.identifier}-${each.key}"
  alarm_description   = "${each.value.identifier}: ${each.value.why}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = each.value.identifier }
  statistic           = each.value.statistic
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = each.value.silence
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}
