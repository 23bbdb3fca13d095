# What a budget sees only at the end of a month: one service that costs more today than it used to.
resource "aws_ce_anomaly_monitor" "services" {
  count = var.anomaly_monitor_arn == null ? 1 : 0

  name              = "${var.environment.name}-services"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "alarm" {
  name             = "${var.environment.name}-anomalies"
  account_id       = var.environment.account_id
  monitor_arn_list = [var.anomaly_monitor_arn == null ? aws_ce_anomaly_monitor.services[0].arn : var.anomaly_monitor_arn]
  # A topic is told at once; summaries by day or week go by mail only.
  frequency = "IMMEDIATE"

  subscriber {
    type    = "SNS"
    address = var.topic_arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["20"] # US dollars above what was expected
    }
  }
}
