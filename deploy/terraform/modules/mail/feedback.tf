resource "aws_sesv2_configuration_set_event_destination" "feedback" {
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "${var.environment.name}-feedback"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT", "REJECT"]

    sns_destination {
      topic_arn = var.topic_arn
    }
  }
}

locals {
  # Half of where AWS begins to look at an account, and then stops its mail (5 % bounces, 0.1 % complaints).
  rates = {
    bounces    = { metric = "Reputation.BounceRate", threshold = 0.025 }
    complaints = { metric = "Reputation.ComplaintRate", threshold = 0.0005 }
  }
}

resource "aws_cloudwatch_metric_alarm" "rate" {
  for_each = local.rates

  alarm_name          = "${var.environment.name}-mail-${each.key}"
  alarm_description   = "The share of ${each.key} is near to where AWS stops the account's mail: look at the addresses that the store writes to."
  namespace           = "AWS/SES"
  metric_name         = each.value.metric
  statistic           = "Average"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  # A night without mail is no news.
  treat_missing_data = "ignore"
  alarm_actions      = [var.topic_arn]
  ok_actions         = [var.topic_arn]
}
