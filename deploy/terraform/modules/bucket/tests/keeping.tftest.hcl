mock_provider "aws" {
  override_during = plan
}

variables {
  bucket  = "mercat-production-media"
  key_arn = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555"
}

run "what_is_deleted_can_be_had_back" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Versions are kept unless the caller says otherwise."
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.noncurrent_version_expiration[0].noncurrent_days if rule.id == "old-versions"] == [30]
    error_message = "Old versions are kept for 30 days, and then paid for no longer."
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.abort_incomplete_multipart_upload[0].days_after_initiation if rule.id == "incomplete-uploads"] == [7]
    error_message = "Uploads that never ended are cleared after a week."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.status == "Enabled"]) && length([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule if rule.id == "expire"]) == 0
    error_message = "Nothing current expires unless it is asked for."
  }

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.this) == 0
    error_message = "Nothing is locked unless it is asked for."
  }
}

run "logs_grow_cheap_and_go" {
  command = plan
  variables {
    expire_days = 365
    transitions = [{ days = 30, class = "STANDARD_IA" }, { days = 90, class = "GLACIER_IR" }]
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.expiration[0].days if rule.id == "expire"] == [365]
    error_message = "Objects expire after expire_days."
  }

  assert {
    condition     = length(one([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.transition if rule.id == "cheaper-storage"])) == 2
    error_message = "Every transition is made."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.expiration) == 0 if rule.id == "old-versions"])
    error_message = "S3 refuses to clear delete markers where objects expire by age."
  }
}

run "locked_objects" {
  command = plan
  variables {
    object_lock_days = 30
  }

  assert {
    condition = (
      aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].days == 30 &&
      aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].mode == "GOVERNANCE"
    )
    error_message = "New versions are locked for object_lock_days."
  }
}

run "a_lock_needs_versions" {
  command = plan
  variables {
    object_lock_days = 30
    versioning       = false
  }
  expect_failures = [aws_s3_bucket.this]
}

run "a_lock_withstands_force" {
  command = plan
  variables {
    object_lock_days = 30
    force_destroy    = true
  }
  expect_failures = [aws_s3_bucket.this]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    object_lock_days = -1
    transitions      = [{ days = 7, class = "STANDARD_IA" }]
    noncurrent_days  = 0
  }

  expect_failures = [var.object_lock_days, var.transitions, var.noncurrent_days]
}

run "nothing_moves_after_it_is_gone" {
  command = plan
  variables {
    expire_days = 60
    transitions = [{ days = 90, class = "GLACIER_IR" }]
  }
  expect_failures = [var.expire_days]
}

run "storage_classes" {
  command = plan
  variables { transitions = [{ days = 90, class = "COLD" }] }
  expect_failures = [var.transitions]
}
