# Files to the bucket only. Volumes are snapshotted by the EBS driver (CSI), with its own role.
locals {
  velero = [
    {
      Sid      = "FindBackups"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
      Resource = var.backups_bucket_arn
    },
    {
      # Deleting hides a version; the versions themselves, and what is locked, stay out of reach.
      Sid      = "KeepBackups"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = "${var.backups_bucket_arn}/*"
    },
    {
      Sid       = "EncryptBackups"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = var.data_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "s3.${var.environment.region}.amazonaws.com" } }
    },
  ]
}
