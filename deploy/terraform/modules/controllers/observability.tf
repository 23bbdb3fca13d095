# What watches the store. All of it gets its rights by Pod Identity: web identity would be refused by the endpoints' policies.
locals {
  # Snapshots go to a bucket of their own, because Elasticsearch deletes there what no snapshot needs any more; versions keep it for a while.
  elasticsearch = [
    {
      Sid      = "FindSnapshots"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
      Resource = var.snapshots_bucket_arn
    },
    {
      Sid      = "KeepSnapshots"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = "${var.snapshots_bucket_arn}/*"
    },
    {
      Sid       = "EncryptSnapshots"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = var.data_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "s3.${var.environment.region}.amazonaws.com" } }
    },
  ]

  # Metrics, and the tags by which resources are found, know no resource. CloudFront's and WAF's lie in us-east-1.
  cloudwatch_exporter = [
    {
      Sid       = "ReadMetrics"
      Effect    = "Allow"
      Action    = ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = [var.environment.region, "us-east-1"] } }
    },
  ]

  # List prices are public; these two find disks and addresses that nobody uses.
  opencost = [
    {
      Sid       = "FindWhatIsPaid"
      Effect    = "Allow"
      Action    = ["ec2:DescribeAddresses", "ec2:DescribeVolumes"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = var.environment.region } }
    },
  ]
}
