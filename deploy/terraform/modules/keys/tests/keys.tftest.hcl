mock_provider "aws" {
  override_during = plan

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555" }
  }
}

variables {
  environment = { name = "mercat-development", account_id = "111111111111", region = "eu-central-1" }
}

run "one_key_per_purpose" {
  command = plan

  assert {
    condition     = toset(keys(output.arns)) == toset(["data", "logs", "cluster"])
    error_message = "There is one key each for data, logs and cluster."
  }

  assert {
    condition     = alltrue([for key in aws_kms_key.this : key.enable_key_rotation && key.deletion_window_in_days == 30])
    error_message = "Every key rotates and waits 30 days for its deletion."
  }

  assert {
    condition     = aws_kms_alias.this["data"].name == "alias/mercat-development-data"
    error_message = "Aliases are alias/<name>-<purpose>."
  }
}

run "no_policy_is_wide_open" {
  command = plan

  assert {
    condition = alltrue(flatten([for key in aws_kms_key.this : [for statement in jsondecode(key.policy).Statement : [
      for action in flatten([statement.Action]) : !contains(["*", "kms:*"], action)
    ]]]))
    error_message = "No key policy allows kms:*."
  }

  assert {
    condition = alltrue(flatten([for key in aws_kms_key.this : [for statement in jsondecode(key.policy).Statement :
      try(statement.Condition.StringEquals["kms:CallerAccount"], "") == "111111111111" if try(statement.Principal.AWS, "") == "*"
    ]]))
    error_message = "A wildcard principal is held to this account."
  }

  assert {
    condition = alltrue(flatten([for key in aws_kms_key.this : [for statement in jsondecode(key.policy).Statement :
      can(statement.Condition) if contains(flatten([statement.Action]), "kms:Decrypt") && can(statement.Principal.AWS)
    ]]))
    error_message = "Roles may decrypt only under a condition (through a service)."
  }
}

run "cloudfront_of_this_account_only" {
  command = plan

  assert {
    condition = one([for statement in jsondecode(aws_kms_key.this["data"].policy).Statement : statement.Condition.ArnLike["aws:SourceArn"]
    if statement.Sid == "CloudFrontReadsObjects"]) == "arn:aws:cloudfront::111111111111:distribution/*"
    error_message = "CloudFront may decrypt for this account's distributions only."
  }
}

run "alarms_reach_encrypted_topics" {
  command = plan

  assert {
    condition = length(setsubtract(
      ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com", "events.amazonaws.com", "backup.amazonaws.com", "ses.amazonaws.com"],
      flatten([for statement in jsondecode(aws_kms_key.this["logs"].policy).Statement : try(statement.Principal.Service, [])])
    )) == 0
    error_message = "Every service that publishes to the topic may use its key."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_kms_key.this["logs"].policy).Statement : !can(statement.Condition)
    if contains(flatten([try(statement.Principal.Service, [])]), "events.amazonaws.com")])
    error_message = "EventBridge sends KMS no source: with a condition its messages are lost."
  }
}

run "services_get_their_grants" {
  command = plan

  assert {
    condition = one([for statement in jsondecode(aws_kms_key.this["cluster"].policy).Statement : statement.Condition
    if statement.Sid == "GrantToEks"]) == { StringEquals = { "kms:CallerAccount" = "111111111111" } }
    error_message = "EKS's CreateCluster knows no kms:GrantIsForAWSResource: one statement allows the grant without it."
  }

  assert {
    condition = alltrue([for purpose in ["data", "cluster"] : one([for statement in jsondecode(aws_kms_key.this[purpose].policy).Statement :
    length(setsubtract(["kms:CreateGrant", "kms:RetireGrant"], statement.Action)) == 0 if statement.Sid == "UseThroughServices"])])
    error_message = "ECR ends its grants in the caller's name: kms:GrantIsForAWSResource is never true of RetireGrant."
  }
}

run "the_trail_writes_into_a_bucket_with_a_bucket_key" {
  command = plan

  assert {
    condition = one([for statement in jsondecode(aws_kms_key.this["logs"].policy).Statement :
      length(setsubtract(["kms:GenerateDataKey*", "kms:DescribeKey"], statement.Action)) == 0 && keys(statement.Condition) == ["StringEquals"]
    && keys(statement.Condition.StringEquals) == ["aws:SourceArn"] if statement.Sid == "AuditTrail"])
    error_message = "CloudTrail refuses a bucket with a bucket key, unless it may describe the key and make data keys whatever the encryption context."
  }
}
