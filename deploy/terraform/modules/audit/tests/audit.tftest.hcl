mock_provider "aws" {
  override_during = plan

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-development-config" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "mercat-development-111111111111-audit", arn = "arn:aws:s3:::mercat-development-111111111111-audit" }
  }
}

variables {
  environment    = { name = "mercat-development", account_id = "111111111111", region = "eu-central-1", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-development-boundary" }
  key_arn        = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555"
  retention_days = 365
  trail          = true
  guardduty      = true
  config         = true
  topic_arn      = "arn:aws:sns:eu-central-1:111111111111:mercat-development-alerts"
}

run "trail_covers_everything_and_can_be_trusted" {
  command = plan

  assert {
    condition     = aws_cloudtrail.this[0].is_multi_region_trail && aws_cloudtrail.this[0].include_global_service_events
    error_message = "The trail covers all regions and the global services."
  }

  assert {
    condition     = aws_cloudtrail.this[0].enable_log_file_validation && aws_cloudtrail.this[0].enable_logging && aws_cloudtrail.this[0].kms_key_id == var.key_arn
    error_message = "The trail runs, is validated and encrypted."
  }

  assert {
    condition     = aws_cloudtrail.this[0].name == "mercat-development"
    error_message = "The trail bears the environment's name: the logs key's policy names it."
  }

  assert {
    condition     = local.bucket == "mercat-development-111111111111-audit"
    error_message = "The bucket's name holds the account: names of buckets are the world's."
  }
}

run "account_defaults_are_safe" {
  command = plan

  assert {
    condition = alltrue([aws_s3_account_public_access_block.this.block_public_acls, aws_s3_account_public_access_block.this.block_public_policy,
    aws_s3_account_public_access_block.this.ignore_public_acls, aws_s3_account_public_access_block.this.restrict_public_buckets])
    error_message = "No bucket of the account can be public."
  }

  assert {
    condition     = aws_ebs_encryption_by_default.this.enabled && aws_ebs_snapshot_block_public_access.this.state == "block-all-sharing"
    error_message = "Volumes are encrypted and snapshots private."
  }

  assert {
    condition     = aws_ec2_instance_metadata_defaults.this.http_tokens == "required"
    error_message = "Instances demand IMDSv2."
  }

  assert {
    condition     = aws_iam_account_password_policy.this.minimum_password_length >= 14
    error_message = "Passwords have at least 14 characters."
  }

  assert {
    condition     = aws_accessanalyzer_analyzer.this.type == "ACCOUNT"
    error_message = "Access Analyzer is free, so it is on."
  }
}

run "guardduty_watches_what_we_use" {
  command = plan

  assert {
    condition     = aws_guardduty_detector.this[0].enable
    error_message = "The detector is on."
  }

  assert {
    condition = alltrue([for feature in ["S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS"] :
    aws_guardduty_detector_feature.this[feature].status == "ENABLED"])
    error_message = "GuardDuty watches buckets, the cluster, volumes and the database."
  }

  assert {
    condition     = toset(aws_guardduty_detector_feature.this["RUNTIME_MONITORING"].additional_configuration[*].status) == toset(["DISABLED"])
    error_message = "Runtime monitoring names its agents, or every plan wants to remove what GuardDuty answers."
  }
}

run "findings_reach_people" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_event_rule.this)) == toset(["guardduty", "config", "tampering"])
    error_message = "GuardDuty, Config and tampering each have a rule."
  }

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.arn == var.topic_arn])
    error_message = "Every finding goes to the topic."
  }

  assert {
    condition     = contains(jsondecode(aws_cloudwatch_event_rule.this["tampering"].event_pattern).detail.eventName, "StopLogging")
    error_message = "Who stops the trail is noticed."
  }
}

run "recorder_is_bounded" {
  command = plan

  assert {
    condition     = aws_iam_role.config[0].permissions_boundary == var.environment.boundary_arn && aws_iam_role.config[0].path == "/mercat/"
    error_message = "The recorder's role has the boundary and lies under /mercat/."
  }

  assert {
    condition     = jsondecode(aws_iam_role.config[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111111111111"
    error_message = "Config assumes the role for this account only."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.config[0].policy).Statement :
    !contains(flatten([statement.Resource]), "*") && !anytrue([for action in statement.Action : endswith(action, "*")])])
    error_message = "The recorder writes to its bucket with its key, and nothing else."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_role_policy.config[0].policy).Statement :
    length(setsubtract(["s3:PutObject", "s3:PutObjectAcl"], statement.Action)) == 0])
    error_message = "Config delivers with an ACL: without s3:PutObjectAcl it refuses the delivery channel."
  }

  assert {
    condition     = !contains(keys(aws_config_config_rule.this), "IAM_USER_MFA_ENABLED")
    error_message = "The rule about every user's MFA would never be kept: the SMTP user can have none."
  }

  assert {
    condition = alltrue([for types in aws_config_configuration_recorder.this[0].recording_group :
    !types.all_supported && contains(types.resource_types, "AWS::S3::Bucket")])
    error_message = "Recorded is what the rules judge."
  }

  assert {
    condition     = aws_config_config_rule.this["INCOMING_SSH_DISABLED"].name == "mercat-development-incoming-ssh-disabled"
    error_message = "Rules begin with the environment's name: the event rule looks for it."
  }
}

run "everything_off" {
  command = plan

  variables {
    trail     = false
    guardduty = false
    config    = false
  }

  assert {
    condition = length(aws_cloudtrail.this) + length(aws_guardduty_detector.this) + length(aws_guardduty_detector_feature.this) + length(aws_config_config_rule.this) + length(
    aws_config_configuration_recorder.this) + length(aws_iam_role.config) + length(aws_cloudwatch_event_rule.this) == 0
    error_message = "What is switched off leaves nothing behind."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    key_arn        = "alias/mercat-development-logs"
    retention_days = 30
    topic_arn      = "alerts"
  }

  expect_failures = [var.key_arn, var.retention_days, var.topic_arn]
}
