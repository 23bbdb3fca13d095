mock_provider "aws" {
  override_during = plan

  mock_resource "aws_ce_anomaly_monitor" {
    defaults = { arn = "arn:aws:ce::111111111111:anomalymonitor/own" }
  }
}

variables {
  environment     = { name = "mercat-test", account_id = "111111111111" }
  monthly_usd     = 400
  topic_arn       = "arn:aws:sns:eu-central-1:111111111111:mercat-test-alerts"
  allocation_tags = ["Project", "Service"]
}

run "a_month_has_its_limit" {
  command = plan

  assert {
    condition = (
      aws_budgets_budget.month.limit_amount == "400" && aws_budgets_budget.month.limit_unit == "USD"
      && aws_budgets_budget.month.time_unit == "MONTHLY" && aws_budgets_budget.month.budget_type == "COST"
      && aws_budgets_budget.month.account_id == "111111111111"
    )
    error_message = "The budget is the caller's, of costs, a month."
  }
  assert {
    condition = toset([for n in aws_budgets_budget.month.notification : "${n.notification_type} ${n.comparison_operator} ${n.threshold} ${n.threshold_type}"]) == toset([
      "FORECASTED GREATER_THAN 80 PERCENTAGE", "ACTUAL GREATER_THAN 100 PERCENTAGE",
    ])
    error_message = "Alarms come at 80 % forecast and at 100 % actual."
  }
  assert {
    condition     = alltrue([for n in aws_budgets_budget.month.notification : toset(n.subscriber_sns_topic_arns) == toset([var.topic_arn])])
    error_message = "They go to the topic."
  }
  assert {
    condition     = aws_budgets_budget.month.name == "mercat-test-month"
    error_message = "The name begins with the environment's."
  }
}

run "a_sudden_change_is_told" {
  command = plan

  assert {
    condition     = aws_ce_anomaly_monitor.services[0].monitor_type == "DIMENSIONAL" && aws_ce_anomaly_monitor.services[0].monitor_dimension == "SERVICE"
    error_message = "Each service is watched."
  }
  assert {
    condition = (
      aws_ce_anomaly_subscription.alarm.frequency == "IMMEDIATE"
      && one([for s in aws_ce_anomaly_subscription.alarm.subscriber : "${s.type} ${s.address}"]) == "SNS ${var.topic_arn}"
      && aws_ce_anomaly_subscription.alarm.monitor_arn_list == tolist(["arn:aws:ce::111111111111:anomalymonitor/own"])
    )
    error_message = "The topic is told at once."
  }
  assert {
    condition     = one(aws_ce_anomaly_subscription.alarm.threshold_expression[0].dimension[0].values) == "20"
    error_message = "From 20 dollars on, unless the caller says otherwise."
  }
  assert {
    condition     = toset([for tag in aws_ce_cost_allocation_tag.this : "${tag.tag_key} ${tag.status}"]) == toset(["Project Active", "Service Active"])
    error_message = "The tags become columns of the bill."
  }
}

run "a_monitor_that_is_there_is_used" {
  command = plan

  variables {
    anomaly_monitor_arn = "arn:aws:ce::111111111111:anomalymonitor/given"
    allocation_tags     = []
  }

  assert {
    condition = (
      length(aws_ce_anomaly_monitor.services) == 0 && length(aws_ce_cost_allocation_tag.this) == 0
      && aws_ce_anomaly_subscription.alarm.monitor_arn_list == tolist(["arn:aws:ce::111111111111:anomalymonitor/given"])
    )
    error_message = "An account may have one monitor of services only."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    monthly_usd         = 0
    anomaly_monitor_arn = "default"
    topic_arn           = "alerts"
    allocation_tags     = ["Project", "Project"]
  }

  expect_failures = [var.monthly_usd, var.anomaly_monitor_arn, var.topic_arn, var.allocation_tags]
}
