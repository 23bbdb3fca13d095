locals {
  bucket     = "${var.environment.name}-${var.environment.account_id}-audit"
  bucket_arn = "arn:aws:s3:::${local.bucket}"
  trail_arn  = "arn:aws:cloudtrail:${var.environment.region}:${var.environment.account_id}:trail/${var.environment.name}"
}

module "bucket" {
  source = "../bucket"

  name          = var.environment.name
  bucket        = local.bucket
  key_arn       = var.key_arn
  expire_days   = var.retention_days
  force_destroy = var.force_destroy

  # Read once in a while, if ever; but then at once.
  transitions = var.retention_days > 180 ? [{ days = 90, class = "GLACIER_IR" }] : []

  policy_statements = [
    {
      Sid       = "TrailChecksTheBucket"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["s3:GetBucketAcl"]
      Resource  = [local.bucket_arn]
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    },
    {
      Sid       = "TrailWrites"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = ["s3:PutObject"]
      Resource  = ["${local.bucket_arn}/AWSLogs/${var.environment.account_id}/*"]
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn, "s3:x-amz-acl" = "bucket-owner-full-control" } }
    },
  ]
}
