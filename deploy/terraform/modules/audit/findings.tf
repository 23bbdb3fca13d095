# What a person must hear of. The events go on unchanged: AWS Chatbot drops texts that are not a service's own.
locals {
  findings = merge(
    var.guardduty ? {
      guardduty = {
        description = "GuardDuty findings of high severity, and any use of the root user (which GuardDuty rates low)."
        pattern = {
          source      = ["aws.guardduty"]
          detail-type = ["GuardDuty Finding"]
          detail      = { "$or" = [{ severity = [{ numeric = [">=", 7] }] }, { type = ["Policy:IAMUser/RootCredentialUsage"] }] }
        }
      }
    } : {},
    var.config ? {
      config = {
        description = "A resource broke a rule of AWS Config."
        pattern = {
          source      = ["aws.config"]
          detail-type = ["Config Rules Compliance Change"]
          detail = {
            configRuleName      = [{ prefix = "${var.environment.name}-" }]
            newEvaluationResult = { complianceType = ["NON_COMPLIANT"] }
          }
        }
      }
    } : {},
    var.trail ? {
      tampering = {
        description = "Somebody turned off what watches the account, or began to delete a key."
        pattern = {
          source      = ["aws.cloudtrail", "aws.guardduty", "aws.config", "aws.kms"]
          detail-type = ["AWS API Call via CloudTrail"]
          detail = { eventName = [
            "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteDetector", "UpdateDetector",
            "StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel", "ScheduleKeyDeletion", "DisableKey",
          ] }
        }
      }
    } : {},
  )
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.findings

  name          = "${var.environment.name}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this

  rule      = each.value.name
  target_id = "topic"
  arn       = var.topic_arn
}
