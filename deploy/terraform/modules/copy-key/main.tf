# A key of the second region: were the first one's needed to read the copies, they would fall with it.
resource "aws_kms_key" "this" {
  region                  = var.region
  description             = var.description
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountAdministers"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action = [
          "kms:Describe*", "kms:Get*", "kms:List*", "kms:Enable*", "kms:Disable*", "kms:Put*", "kms:Update*", "kms:Revoke*",
          "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias",
        ]
        Resource = "*"
      },
      {
        Sid       = "UseThroughServices"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        # AWS Backup wants RetireGrant of whoever makes a vault.
        Action   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant", "kms:RetireGrant"]
        Resource = "*"
        Condition = {
          StringEquals = {
            "kms:ViaService"    = [for service in var.services : "${service}.${var.region}.amazonaws.com"]
            "kms:CallerAccount" = var.account_id
          }
        }
      },
      {
        # A service that copies for another one hands its grant on, under a name of its own.
        Sid       = "GrantsToServices"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action    = ["kms:CreateGrant", "kms:RevokeGrant"]
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })

  tags = { Name = var.name }
}

resource "aws_kms_alias" "this" {
  region        = var.region
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

locals {
  root = "arn:aws:iam::${var.account_id}:root"
}
