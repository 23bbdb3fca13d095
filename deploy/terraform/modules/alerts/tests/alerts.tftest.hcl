mock_provider "aws" {
  override_during = plan

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111111111111:mercat-test-alerts" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-slack" }
  }
}

variables {
  environment = { name = "mercat-test", account_id = "111111111111", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/boundary" }
  key_arn     = "arn:aws:kms:eu-central-1:111111111111:key/0"
  emails      = ["alerts@example.com", "second@example.com"]
}

run "the_topic" {
  command = plan

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == "arn:aws:kms:eu-central-1:111111111111:key/0"
    error_message = "The topic is encrypted with the given key."
  }
  assert {
    condition     = aws_sns_topic.this.name == "mercat-test-alerts"
    error_message = "The name begins with the environment's."
  }
  assert {
    condition     = toset([for s in aws_sns_topic_subscription.email : "${s.protocol} ${s.endpoint}"]) == toset(["email alerts@example.com", "email second@example.com"])
    error_message = "Every address is subscribed."
  }
  assert {
    condition     = length(aws_chatbot_slack_channel_configuration.slack) + length(aws_iam_role.slack) == 0
    error_message = "Without Slack nothing of it is made."
  }
  assert {
    condition     = output.topic_arn == "arn:aws:sns:eu-central-1:111111111111:mercat-test-alerts"
    error_message = "The output is the topic."
  }
}

run "who_may_publish" {
  command = plan

  assert {
    condition = toset(flatten([for s in jsondecode(aws_sns_topic_policy.this.policy).Statement : s.Principal.Service if s.Effect == "Allow"])) == toset([
      "budgets.amazonaws.com", "costalerts.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com",
      "backup.amazonaws.com", "ses.amazonaws.com",
    ])
    error_message = "These services raise alarms; nobody else publishes."
  }
  assert {
    condition = alltrue([for s in jsondecode(aws_sns_topic_policy.this.policy).Statement :
      s.Action == "sns:Publish" && (s.Principal.Service == "events.amazonaws.com" || try(s.Condition.StringEquals["aws:SourceAccount"], "") == "111111111111")
    if s.Effect == "Allow"])
    error_message = "Only publishing, and only for this account; EventBridge alone cannot say for whom."
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_sns_topic_policy.this.policy).Statement : try(keys(s.Principal), ["*"]) == ["Service"] if s.Effect == "Allow"])
    error_message = "No permission for everybody."
  }
  assert {
    condition     = length([for s in jsondecode(aws_sns_topic_policy.this.policy).Statement : s if s.Effect == "Deny" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"]) == 1
    error_message = "Nothing is published in the clear."
  }
}

run "slack_is_told_and_may_do_nothing" {
  command = plan

  variables { slack = { team_id = "T0123", channel_id = "C0123" } }

  assert {
    condition = (
      aws_chatbot_slack_channel_configuration.slack[0].slack_team_id == "T0123"
      && aws_chatbot_slack_channel_configuration.slack[0].slack_channel_id == "C0123"
      && tolist(aws_chatbot_slack_channel_configuration.slack[0].sns_topic_arns) == tolist(["arn:aws:sns:eu-central-1:111111111111:mercat-test-alerts"])
    )
    error_message = "The channel gets what the topic gets."
  }
  assert {
    condition     = tolist(aws_chatbot_slack_channel_configuration.slack[0].guardrail_policy_arns) == tolist(["arn:aws:iam::aws:policy/AWSDenyAll"])
    error_message = "Without a guardrail a channel may act as administrator."
  }
  assert {
    condition     = aws_chatbot_slack_channel_configuration.slack[0].region == "eu-west-1"
    error_message = "The service has no interface in most regions."
  }
  assert {
    condition = (
      aws_iam_role.slack[0].permissions_boundary == "arn:aws:iam::111111111111:policy/mercat/boundary" && aws_iam_role.slack[0].path == "/mercat/"
      && jsondecode(aws_iam_role.slack[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111111111111"
    )
    error_message = "The role has the boundary and trusts the service for this account only."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    key_arn = "alias/aws/sns"
    emails  = ["alerts"]
  }

  expect_failures = [var.key_arn, var.emails]
}

run "slack_has_ids_not_names" {
  command = plan

  variables { slack = { team_id = "my-team", channel_id = "#alerts" } }

  expect_failures = [var.slack]
}

run "alarms_reach_somebody" {
  command = plan

  variables { emails = [] }

  expect_failures = [var.slack]
}
