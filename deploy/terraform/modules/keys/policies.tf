# Key policies. "*" as a resource is the key itself: a key policy has no other.
locals {
  root = "arn:aws:iam::${var.environment.account_id}:root"

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
    Principal = { AWS = [local.root] }
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
    # A service that works with a grant asks for it, and ECR ends it, in the caller's name.
    Action    = concat(local.use, purpose == "logs" ? [] : ["kms:CreateGrant", "kms:RetireGrant"])
    Resource  = "*"
    Condition = { StringEquals = { "kms:ViaService" = [for service in services : "${service}.${var.environment.region}.amazonaws.com"] } }
  } }

  # RDS, ElastiCache, EC2 and Backup work with grants, and hand them on among themselves.
  grants = {
    Sid       = "GrantsToServices"
    Effect    = "Allow"
    Principal = { AWS = local.root }
    Action    = ["kms:CreateGrant", "kms:RevokeGrant"]
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
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudfront::${var.environment.account_id}:distribution/*" } }
    }]

    logs = concat([local.administration, local.description, local.use_statements.logs], local.log_writers)

    cluster = [local.administration, local.description, local.use_statements.cluster, local.grants, {
      # EKS takes the key by a grant that bears no mark of a service: CreateCluster fails under kms:GrantIsForAWSResource.
      # Whose IAM policies allow CreateGrant stays the border; only Terraform's do without a condition.
      Sid       = "GrantToEks"
      Effect    = "Allow"
      Principal = { AWS = local.root }
      Action    = "kms:CreateGrant"
      Resource  = "*"
      Condition = { StringEquals = { "kms:CallerAccount" = var.environment.account_id } }
      }, {
      # Service-linked roles carry no policy of ours and need not exist yet, so they cannot be principals by name: the
      # condition names them. Without this an encrypted node fails at launch with "Client.InternalError".
      Sid       = "InstancesMountVolumes"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = concat(local.use, ["kms:CreateGrant", "kms:DescribeKey"])
      Resource  = "*"
      Condition = {
        StringEquals = { "kms:CallerAccount" = var.environment.account_id, "kms:ViaService" = "ec2.${var.environment.region}.amazonaws.com" }
        ArnLike = { "aws:PrincipalArn" = [
          "arn:aws:iam::${var.environment.account_id}:role/aws-service-role/autoscaling.amazonaws.com/*",
          "arn:aws:iam::${var.environment.account_id}:role/aws-service-role/spot.amazonaws.com/*",
          "arn:aws:iam::${var.environment.account_id}:role/aws-service-role/ec2fleet.amazonaws.com/*",
          "arn:aws:iam::${var.environment.account_id}:role/mercat/*",
        ] }
      }
    }]
  }
}
