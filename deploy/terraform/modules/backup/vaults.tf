locals {
  vault = "${var.name}-backups"
  # Taken from the key instead of asked for: the vault lives where its key does.
  account_id = split(":", var.key_arn)[4]
  copies     = var.copy_region == null ? 0 : 1
  locks      = var.vault_lock_min_days > 0 ? 1 : 0
  # The lock also has an end, so that nobody fills the vault with what can never be deleted.
  longest_days = max(var.daily_days, var.monthly_months * 31, coalesce(var.copy_days, 1))
}

resource "aws_backup_vault" "this" {
  name          = local.vault
  kms_key_arn   = var.key_arn
  force_destroy = var.force_destroy
}

resource "aws_backup_vault_lock_configuration" "this" {
  count = local.locks

  backup_vault_name   = aws_backup_vault.this.name
  min_retention_days  = var.vault_lock_min_days
  max_retention_days  = local.longest_days
  changeable_for_days = var.vault_lock_grace_days
}

resource "aws_backup_vault" "copy" {
  count = local.copies

  region        = var.copy_region
  name          = local.vault
  kms_key_arn   = aws_kms_key.copy[0].arn
  force_destroy = var.force_destroy
}

resource "aws_backup_vault_lock_configuration" "copy" {
  count = local.copies * local.locks

  region              = var.copy_region
  backup_vault_name   = aws_backup_vault.copy[0].name
  min_retention_days  = var.vault_lock_min_days
  max_retention_days  = local.longest_days
  changeable_for_days = var.vault_lock_grace_days
}

# A key of the second region: were the first one's needed to read the copies, they would fall with it.
resource "aws_kms_key" "copy" {
  count = local.copies

  region                  = var.copy_region
  description             = "Copies of the backups of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountAdministers"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
        Action = [
          "kms:Describe*", "kms:Get*", "kms:List*", "kms:Enable*", "kms:Disable*", "kms:Put*", "kms:Update*", "kms:Revoke*",
          "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias",
        ]
        Resource = "*"
      },
      {
        Sid       = "BackupsUse"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:ViaService"    = [for service in ["backup", "rds", "s3"] : "${service}.${var.copy_region}.amazonaws.com"]
            "kms:CallerAccount" = local.account_id
          }
        }
      },
    ]
  })

  tags = { Name = "${local.vault}-copy" }
}

resource "aws_kms_alias" "copy" {
  count = local.copies

  region        = var.copy_region
  name          = "alias/${local.vault}-copy"
  target_key_id = aws_kms_key.copy[0].key_id
}
