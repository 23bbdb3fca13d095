locals {
  # Managed rules and the resource types that they judge; a rule without types runs daily and asks the services itself.
  config_rules = {
    S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED = ["AWS::S3::Bucket"]
    S3_BUCKET_SSL_REQUESTS_ONLY              = ["AWS::S3::Bucket"]
    RDS_STORAGE_ENCRYPTED                    = ["AWS::RDS::DBInstance"]
    RDS_INSTANCE_PUBLIC_ACCESS_CHECK         = ["AWS::RDS::DBInstance"]
    ENCRYPTED_VOLUMES                        = ["AWS::EC2::Volume"]
    EC2_IMDSV2_CHECK                         = ["AWS::EC2::Instance"]
    INCOMING_SSH_DISABLED                    = ["AWS::EC2::SecurityGroup"]
    VPC_DEFAULT_SECURITY_GROUP_CLOSED        = ["AWS::EC2::SecurityGroup"]
    EKS_SECRETS_ENCRYPTED                    = []
    EKS_ENDPOINT_NO_PUBLIC_ACCESS            = []
    CLOUD_TRAIL_ENABLED                      = []
    IAM_ROOT_ACCESS_KEY_CHECK                = []
    ROOT_ACCOUNT_MFA_ENABLED                 = []
    # Of console passwords only: the SMTP user has none, and could have no MFA.
    MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS = []
  }
}

resource "aws_config_configuration_recorder" "this" {
  #checkov:skip=CKV2_AWS_48:Only what the rules judge is recorded. Recording everything bills each network interface that a pod's start makes; CloudTrail already says who changed what.
  count = var.config ? 1 : 0

  name     = var.environment.name
  role_arn = aws_iam_role.config[0].arn

  recording_group {
    all_supported                 = false
    include_global_resource_types = false
    resource_types                = distinct(flatten(values(local.config_rules)))

    recording_strategy {
      use_only = "INCLUSION_BY_RESOURCE_TYPES"
    }
  }
}

resource "aws_config_delivery_channel" "this" {
  count = var.config ? 1 : 0

  name           = var.environment.name
  s3_bucket_name = module.bucket.id
  s3_kms_key_arn = var.key_arn

  snapshot_delivery_properties {
    delivery_frequency = "TwentyFour_Hours"
  }

  depends_on = [aws_config_configuration_recorder.this, aws_iam_role_policy.config]
}

resource "aws_config_configuration_recorder_status" "this" {
  #checkov:skip=CKV2_AWS_45:The recorder records what its rules judge, for the reason given there.
  count = var.config ? 1 : 0

  name       = aws_config_configuration_recorder.this[0].name
  is_enabled = true

  depends_on = [aws_config_delivery_channel.this]
}

resource "aws_config_config_rule" "this" {
  for_each = var.config ? local.config_rules : {}

  name = "${var.environment.name}-${lower(replace(each.key, "_", "-"))}"

  source {
    owner             = "AWS"
    source_identifier = each.key
  }

  depends_on = [aws_config_configuration_recorder_status.this]
}

resource "aws_iam_role" "config" {
  count = var.config ? 1 : 0

  name                 = "${var.environment.name}-config"
  path                 = "/mercat/"
  description          = "AWS Config reads the resources that it records and writes to the audit bucket."
  permissions_boundary = var.environment.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "config.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.environment.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "config" {
  count = var.config ? 1 : 0

  role       = aws_iam_role.config[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"
}

resource "aws_iam_role_policy" "config" {
  count = var.config ? 1 : 0

  name = "deliver"
  role = aws_iam_role.config[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetBucketAcl", "s3:ListBucket"]
        Resource = [local.bucket_arn]
      },
      {
        # Config hands each object over by an ACL, also where ACLs are off.
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:PutObjectAcl"]
        Resource = ["${local.bucket_arn}/AWSLogs/${var.environment.account_id}/Config/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource = [var.key_arn]
      },
    ]
  })
}
