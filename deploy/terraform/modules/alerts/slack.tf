# The channel is told; it can ask for nothing. The role has no policy, and the guardrail (by default: administrator)
# would deny even what a policy added by hand allowed.
resource "aws_iam_role" "slack" {
  count = var.slack == null ? 0 : 1

  name                 = "${var.environment.name}-slack"
  path                 = "/mercat/"
  description          = "Under which Slack's channel would act; it may do nothing."
  permissions_boundary = var.environment.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.environment.account_id } }
    }]
  })
}

resource "aws_chatbot_slack_channel_configuration" "slack" {
  count = var.slack == null ? 0 : 1

  region                      = "eu-west-1" # one of the four with an interface, whichever the topic's
  configuration_name          = "${var.environment.name}-alerts"
  slack_team_id               = var.slack.team_id
  slack_channel_id            = var.slack.channel_id
  iam_role_arn                = aws_iam_role.slack[0].arn
  guardrail_policy_arns       = ["arn:aws:iam::aws:policy/AWSDenyAll"]
  user_authorization_required = true
  logging_level               = "ERROR"
  sns_topic_arns              = [aws_sns_topic.this.arn]
}
