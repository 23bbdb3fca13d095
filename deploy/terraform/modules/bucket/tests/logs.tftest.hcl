mock_provider "aws" {
  override_during = plan
}

variables {
  bucket       = "mercat-production-logs"
  account_id   = "333333333333"
  log_delivery = true
}

run "deliveries_of_this_account_only" {
  command = plan

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerPreferred"
    error_message = "CloudFront delivers its logs by an ACL."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Condition.StringEquals["aws:SourceAccount"] == "333333333333" if statement.Effect == "Allow"
    ])
    error_message = "Every delivery is bound to the account: else anybody's load balancer could write here."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Action if statement.Effect == "Allow"])) == toset(
      ["s3:PutObject", "s3:GetBucketAcl", "s3:ListBucket"]
    )
    error_message = "Deliveries write and check, they do not read."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "S3 delivers access logs into SSE-S3 only."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "A bucket with ACLs is as private as the others."
  }
}

run "no_key" {
  command = plan
  variables { key_arn = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555" }
  expect_failures = [aws_s3_bucket.this]
}

run "no_lock" {
  command = plan
  variables { object_lock_days = 1 }
  expect_failures = [aws_s3_bucket.this]
}

run "whose_logs" {
  command = plan
  variables { account_id = null }
  expect_failures = [aws_s3_bucket.this]
}

run "account_ids" {
  command = plan
  variables { account_id = "mercat" }
  expect_failures = [var.account_id]
}

run "no_log_of_its_own_logs" {
  command = plan
  variables { access_logs_bucket = "mercat-production-logs" }
  expect_failures = [aws_s3_bucket.this]
}

run "who_read_what" {
  command = plan
  variables {
    bucket             = "mercat-production-media"
    log_delivery       = false
    access_logs_bucket = "mercat-production-logs"
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == "mercat-production-logs" && aws_s3_bucket_logging.this[0].target_prefix == "s3/mercat-production-media/"
    error_message = "Access logs go to their bucket, under a prefix of their own."
  }
}
