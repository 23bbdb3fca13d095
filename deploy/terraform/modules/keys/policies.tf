# Key policies. "*" as a resource is the key itself: a key policy has no other.
locals {
  root = "arn:aws:iam::${var.account_id}:root"

  descriptions = {
    data    = "databases, secrets, caches, images and buckets"
    logs    = "logs, the audit trail and notifications"
    cluster = "Kubernetes secrets and volumes"
  }

  use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"]

  # Through which services a role of this account may use a key: a stolen session cannot decrypt at KMS itself.
  services = {
    data    = ["backup", "ecr", "elasticache", "rds", "s3", "secretsmanager", "ssm"]
    logs    = ["logs", "s3", "sns", "sqs", "ssm"]
    cluster = ["ec2", "eks"]
  }

  administration = {
    Sid       = "Administration"
    Effect    = "Allow"
    Principal = { AWS = length(var.administrators) > 0 ? var.administrators : [local.root] }
    Action = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DisableKey", "kms:EnableKey", "kms:EnableKeyRotation",
      "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RotateKeyOnDemand",
      "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
    Resource = "*"
  }

  # Metadata only. Services ask for it in the caller's name before they accept a key, and a plan reads it.
  description = {
    Sid       = "Description"
    Effect    = "Allow"
    Principal = { AWS = local.root }
    Action    = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListResourceTags"]
    Resource  = "*"
  }

  use_statements = { for purpose, services in local.services : purpose => {
    Sid       = "UseThroughServices"
    Effect    = "Allow"
    Principal = { AWS = local.root }
    Action    = local.use
    Resource  = "*"
    Condition = { StringEquals = { "kms:ViaService" = [for service in services : "${service}.${var.region}.amazonaws.com"] } }
  } }

  # RDS, ElastiCache, ECR, EKS, EC2 and Backup work with grants. Not bound to a service: EKS makes some in its own name.
  grants = {
    Sid       = "GrantsToServices"
    Effect    = "Allow"
    Principal = { AWS = local.root }
    Action    = ["kms:CreateGrant", "kms:RevokeGrant", "kms:RetireGrant"]
    Resource  = "*"
    Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
  }

  policies = {
    data = [local.administration, local.description, local.use_statements.data, local.grants, {
      Sid       = "CloudFrontReadsObjects"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = ["kms:Decrypt"]
      Resource  = "*"
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudfront::${var.account_id}:distribution/*" } }
    }]

    logs = concat([local.administration, local.description, local.use_statements.logs], local.log_writers)

    cluster = [local.administration, local.description, local.use_statements.cluster, local.grants, {
      # Service-linked roles carry no policy of ours and need not exist yet, so they cannot be principals by name: the
      # condition names them. Without this an encrypted node fails at launch with "Client.InternalError".
      Sid       = "InstancesMountVolumes"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = concat(local.use, ["kms:CreateGrant", "kms:DescribeKey"])
      Resource  = "*"
      Condition = {
        StringEquals = { "kms:CallerAccount" = var.account_id, "kms:ViaService" = "ec2.${var.region}.amazonaws.com" }
        ArnLike = { "aws:PrincipalArn" = [
          "arn:aws:iam::${var.account_id}:role/aws-service-role/autoscaling.amazonaws.com/*",
          "arn:aws:iam::${var.account_id}:role/aws-service-role/spot.amazonaws.com/*",
          "arn:aws:iam::${var.account_id}:role/aws-service-role/ec2fleet.amazonaws.com/*",
          "arn:aws:iam::${var.account_id}:role/mercat/*",
        ] }
      }
    }]
  }
}
