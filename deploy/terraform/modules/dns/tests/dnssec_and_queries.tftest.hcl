mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment    = { name = "mercat-production", account_id = "333333333333" }
  domain         = "shop.example.com"
  dnssec         = true
  query_logging  = true
  query_log_days = 365
}

run "the_signing_key" {
  command = plan

  assert {
    condition     = aws_kms_key.dnssec[0].region == "us-east-1" && aws_kms_key.dnssec[0].customer_master_key_spec == "ECC_NIST_P256" && aws_kms_key.dnssec[0].key_usage == "SIGN_VERIFY"
    error_message = "Route 53 signs with a P-256 key in us-east-1, and with no other."
  }
  assert {
    condition     = aws_kms_key.dnssec[0].deletion_window_in_days == 30 && aws_kms_alias.dnssec[0].region == "us-east-1" && aws_kms_alias.dnssec[0].name == "alias/mercat-production-dnssec"
    error_message = "The key has a name, and thirty days in which its deletion can be taken back."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.dnssec[0].policy).Statement :
      statement.Principal == { Service = "dnssec-route53.amazonaws.com" } if contains(flatten([statement.Action]), "kms:Sign")
    ])
    error_message = "Nobody but Route 53 signs."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.dnssec[0].policy).Statement :
      !strcontains(jsonencode(statement.Action), "*") && statement.Principal != "*"
    ])
    error_message = "The key policy has no wildcard."
  }
  assert {
    condition = one([
      for statement in jsondecode(aws_kms_key.dnssec[0].policy).Statement : statement.Condition if statement.Sid == "Sign"
    ]) == { StringEquals = { "aws:SourceAccount" = "333333333333" }, ArnLike = { "aws:SourceArn" = "arn:aws:route53:::hostedzone/ZPUBLIC" } }
    error_message = "Route 53 signs for this zone of this account only."
  }
}

run "the_signed_zone" {
  command = plan

  assert {
    condition     = aws_route53_key_signing_key.this[0].hosted_zone_id == "ZPUBLIC" && aws_route53_key_signing_key.this[0].key_management_service_arn == aws_kms_key.dnssec[0].arn && aws_route53_key_signing_key.this[0].status == "ACTIVE"
    error_message = "The key signing key is active and ours."
  }
  assert {
    condition     = can(regex("^[A-Za-z0-9_]{3,128}$", aws_route53_key_signing_key.this[0].name))
    error_message = "Route 53 takes letters, digits and underscores."
  }
  assert {
    condition     = aws_route53_hosted_zone_dnssec.this[0].signing_status == "SIGNING" && output.ds_record == "12345 13 2 ABCDEF"
    error_message = "The zone is signed, and the parent's DS record is handed out."
  }
}

run "query_logs" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.queries[0].region == "us-east-1" && aws_cloudwatch_log_resource_policy.queries[0].region == "us-east-1" && aws_cloudwatch_log_group.queries[0].retention_in_days == 365
    error_message = "Route 53 logs to us-east-1 only; the logs end after query_log_days."
  }
  assert {
    condition     = aws_route53_query_log.this[0].zone_id == "ZPUBLIC" && aws_route53_query_log.this[0].cloudwatch_log_group_arn == aws_cloudwatch_log_group.queries[0].arn
    error_message = "Queries of the zone go to its log group."
  }
  assert {
    condition = (
      jsondecode(aws_cloudwatch_log_resource_policy.queries[0].policy_document).Statement[0].Resource == "${aws_cloudwatch_log_group.queries[0].arn}:*" &&
      jsondecode(aws_cloudwatch_log_resource_policy.queries[0].policy_document).Statement[0].Principal == { Service = "route53.amazonaws.com" } &&
      jsondecode(aws_cloudwatch_log_resource_policy.queries[0].policy_document).Statement[0].Condition == {
        StringEquals = { "aws:SourceAccount" = "333333333333" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:route53:::hostedzone/ZPUBLIC" }
      }
    )
    error_message = "Route 53 may write for this zone, into this group."
  }
}

run "both_are_off_by_default" {
  command = plan
  variables {
    dnssec        = null
    query_logging = null
  }

  assert {
    condition     = length(aws_kms_key.dnssec) + length(aws_route53_key_signing_key.this) + length(aws_route53_hosted_zone_dnssec.this) == 0 && output.ds_record == null
    error_message = "Without DNSSEC there is no key and no DS record."
  }
  assert {
    condition     = length(aws_cloudwatch_log_group.queries) + length(aws_cloudwatch_log_resource_policy.queries) + length(aws_route53_query_log.this) == 0
    error_message = "Without query logging there is no log group."
  }
}

run "a_retention_aws_does_not_know_is_refused" {
  command = plan
  variables {
    query_log_days = 100
  }
  expect_failures = [var.query_log_days]
}
