resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:access logging is the caller's choice by access_logs_bucket; a bucket of logs must not log into itself
  #checkov:skip=CKV_AWS_144:a copy in the second region is AWS Backup's task (modules/backup), which also guards it against deletion
  #checkov:skip=CKV_AWS_145:key_arn encrypts with the customer's key; only buckets that log deliveries write to use SSE-S3, as these deliveries demand
  #checkov:skip=CKV2_AWS_62:nothing in the store reacts to objects, so there is nobody to notify
  bucket        = var.bucket
  force_destroy = var.force_destroy

  # Object lock is switched on by its own resource below: here, switching it on later would replace the bucket.

  tags = { Name = var.bucket }

  lifecycle {
    precondition {
      condition     = !var.log_delivery || var.key_arn == null
      error_message = "log_delivery needs SSE-S3 (key_arn = null): S3 does not deliver access logs into a bucket with a KMS key."
    }
    precondition {
      condition     = !var.log_delivery || var.object_lock_days == 0
      error_message = "log_delivery and object_lock_days exclude each other: S3 does not deliver access logs into a locked bucket."
    }
    precondition {
      condition     = !var.log_delivery || var.account_id != null
      error_message = "log_delivery needs account_id: only deliveries of this account may write."
    }
    precondition {
      condition     = var.object_lock_days == 0 || var.versioning
      error_message = "object_lock_days needs versioning: what is locked is a version."
    }
    precondition {
      condition     = var.object_lock_days == 0 || !var.force_destroy
      error_message = "force_destroy cannot delete locked versions: leave it false, or object_lock_days at 0."
    }
    precondition {
      condition     = var.access_logs_bucket == null || var.access_logs_bucket != var.bucket
      error_message = "A bucket that logs into itself logs its own logs without end: name another access_logs_bucket."
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  #checkov:skip=CKV2_AWS_65:ACLs are off but for log_delivery, because CloudFront's standard logs are delivered by an ACL that CloudFront itself grants to its log account
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = var.log_delivery ? "BucketOwnerPreferred" : "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
    # One data key per bucket and hour instead of one per object: a hundredth of the KMS requests, and of their bill.
    bucket_key_enabled = var.key_arn != null
    # With SSE-C a caller could encrypt objects by a key that we do not have: ransom needs no more than that.
    blocked_encryption_types = ["SSE-C"]
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = var.versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  count = var.object_lock_days > 0 ? 1 : 0

  bucket              = aws_s3_bucket.this.id
  object_lock_enabled = "Enabled"

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.object_lock_days
    }
  }

  # S3 refuses to lock a bucket that does not keep versions yet.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  count = var.access_logs_bucket == null ? 0 : 1

  bucket        = aws_s3_bucket.this.id
  target_bucket = var.access_logs_bucket
  target_prefix = "s3/${var.bucket}/"

  # By the day of the request, so that a question about one day reads one folder.
  target_object_key_format {
    partitioned_prefix {
      partition_date_source = "EventTime"
    }
  }
}
