mock_provider "aws" {
  override_during = plan
}

variables {
  bucket  = "mercat-production-media"
  key_arn = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555"
}

run "every_bucket_is_private" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four switches of the public access block are on."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs are off."
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "A destroy does not delete objects unless it is told to."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Effect == "Deny"
    ])
    error_message = "A bucket that names nobody lets nobody in by its policy."
  }
}

run "tls_only" {
  command = plan

  assert {
    condition = length([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*" &&
      contains(flatten([statement.Resource]), "arn:aws:s3:::mercat-production-media/*") &&
      contains(flatten([statement.Resource]), "arn:aws:s3:::mercat-production-media") &&
      (try(statement.Condition.Bool["aws:SecureTransport"] == "false", false) || try(statement.Condition.NumericLessThan["s3:TlsVersion"] == "1.2", false))
    ]) == 2
    error_message = "Requests without TLS, or with less than TLS 1.2, are refused for the bucket and its objects."
  }
}

run "encrypted_with_the_given_key" {
  command = plan

  assert {
    condition = (
      one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" &&
      one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.key_arn &&
      one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    )
    error_message = "Objects are encrypted with key_arn, by a bucket key."
  }

  assert {
    condition     = contains(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).blocked_encryption_types, "SSE-C")
    error_message = "SSE-C is blocked."
  }

  assert {
    condition = length([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if
      statement.Effect == "Deny" && try(statement.Condition.ArnNotEquals["s3:x-amz-server-side-encryption-aws-kms-key-id"] == var.key_arn, false)
    ]) == 1
    error_message = "An upload that names another key is refused."
  }

  # A negated condition holds when its key is absent: without this guard every plain upload would be refused.
  assert {
    condition = alltrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      length([for key in keys(statement.Condition.Null) : key if statement.Condition.Null[key] == "false"]) == 1 if can(statement.Condition.StringNotEquals) || can(statement.Condition.ArnNotEquals)
    ])
    error_message = "The statements about other encryption concern only uploads that name one."
  }
}

run "encrypted_without_a_key" {
  command = plan
  variables { key_arn = null }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "Without a key, S3's own encrypt."
  }
}

run "cloudfront_reads_and_no_more" {
  command = plan
  variables { cloudfront_account_id = "333333333333" }

  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "ReadByCloudFront"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::mercat-production-media/*"
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudfront::333333333333:distribution/*" } }
    }]
    error_message = "Distributions of this account get objects, and do nothing else."
  }
}

run "callers_add_statements" {
  command = plan
  variables {
    policy_statements = [
      { Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = "arn:aws:s3:::mercat-production-media" },
      { Sid = "Write", Effect = "Allow", Principal = { AWS = ["arn:aws:iam::333333333333:role/mercat/x"] }, Action = ["s3:PutObject"], Resource = ["arn:aws:s3:::mercat-production-media/*"], Condition = { StringEquals = { "aws:SourceAccount" = "333333333333" } } },
    ]
  }

  assert {
    condition     = length(jsondecode(aws_s3_bucket_policy.this.policy).Statement) == 6
    error_message = "The caller's statements join the denials, they never replace them."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    policy_statements = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "s3:GetObject", Resource = "*" }]
    key_arn           = "alias/data"
  }

  expect_failures = [var.policy_statements, var.key_arn]
}

run "nobody_allows_everybody_in_a_list" {
  command = plan
  variables {
    policy_statements = [{ Effect = "Allow", Principal = { AWS = ["*"] }, Action = "s3:GetObject", Resource = "*" }]
  }
  expect_failures = [var.policy_statements]
}

run "statements_are_whole" {
  command = plan
  variables {
    policy_statements = [{ Effect = "Deny", Action = "s3:GetObject", Resource = "*" }]
  }
  expect_failures = [var.policy_statements]
}

run "names_begin_with_the_environment" {
  command = plan
  variables { name = "mercat-staging" }
  expect_failures = [var.name]
}

run "names_have_no_dots" {
  command = plan
  variables { bucket = "media.mercat.example" }
  expect_failures = [var.bucket]
}
