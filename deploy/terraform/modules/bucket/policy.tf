locals {
  # Spelled out, not read from the resource: so the whole policy can be read in the plan of a bucket that is not there yet.
  arn     = "arn:aws:s3:::${var.bucket}"
  objects = "arn:aws:s3:::${var.bucket}/*"

  transport = [
    {
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, local.objects]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "DenyOldTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.arn, local.objects]
      Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    },
  ]

  # An upload that names no encryption gets the bucket's. These catch the one that names another.
  encryption = [
    {
      Sid       = "DenyOtherEncryption"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = {
        Null            = { "s3:x-amz-server-side-encryption" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" }
      }
    },
    {
      Sid       = "DenyOtherKeys"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = {
        Null         = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        ArnNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.key_arn }
      }
    },
  ]

  # Objects only, without the right to list: an origin that may list shows its list to whoever asks for "/".
  cloudfront = [
    {
      Sid       = "ReadByCloudFront"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = local.objects
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudfront::${coalesce(var.cloudfront_account_id, "none")}:distribution/*" } }
    },
  ]

  # CloudFront's standard logs need no statement: CloudFront grants its log account an ACL when logging is switched on.
  delivery = [
    {
      Sid       = "WriteS3AccessLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = { StringEquals = { "aws:SourceAccount" = coalesce(var.account_id, "none") } }
    },
    {
      Sid       = "WriteDeliveredLogs"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = local.objects
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = coalesce(var.account_id, "none")
          "s3:x-amz-acl"      = "bucket-owner-full-control"
        }
        ArnLike = { "aws:SourceArn" = "arn:aws:logs:*:${coalesce(var.account_id, "none")}:*" }
      }
    },
    {
      Sid       = "CheckBeforeDelivery"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["s3:GetBucketAcl", "s3:ListBucket"]
      Resource  = local.arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = coalesce(var.account_id, "none") }
        ArnLike      = { "aws:SourceArn" = "arn:aws:logs:*:${coalesce(var.account_id, "none")}:*" }
      }
    },
  ]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.transport,
      [for statement in local.encryption : statement if var.key_arn != null],
      [for statement in local.cloudfront : statement if var.cloudfront_account_id != null],
      [for statement in local.delivery : statement if var.log_delivery],
      [for statement in var.policy_statements : statement],
    )
  })

  # Two changes of a bucket's access at once: S3 refuses one of them now and then.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
