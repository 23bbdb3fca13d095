resource "aws_s3_bucket_lifecycle_configuration" "this" {
  #checkov:skip=CKV_AWS_300:The first rule ends unfinished uploads of every object after 7 days, and a test asserts it; where dynamic rules stand beside it the scanner looks at another one.
  bucket = aws_s3_bucket.this.id

  # The parts of an upload that never ended are invisible, and paid for.
  rule {
    id     = "incomplete-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    # Where objects expire by age, S3 clears the markers by itself, and refuses to be told both.
    dynamic "expiration" {
      for_each = var.expire_days == 0 ? [true] : []
      content {
        expired_object_delete_marker = true
      }
    }
  }

  dynamic "rule" {
    for_each = var.expire_days > 0 ? [var.expire_days] : []
    content {
      id     = "expire"
      status = "Enabled"
      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = length(var.transitions) > 0 ? [var.transitions] : []
    content {
      id     = "cheaper-storage"
      status = "Enabled"
      filter {}

      dynamic "transition" {
        for_each = rule.value
        content {
          days          = transition.value.days
          storage_class = transition.value.class
        }
      }
    }
  }

  # Rules about old versions count from the moment that versions are kept.
  depends_on = [aws_s3_bucket_versioning.this]
}
