# Backups and their log, a few minutes old, in a second region: what is left when the first is gone.
resource "aws_kms_key" "copy" {
  count = var.copy_region == null ? 0 : 1

  region                  = var.copy_region
  description             = "Copies of the backups of ${local.identifier}"
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
        Sid       = "RdsUses"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:ViaService"    = "rds.${var.copy_region}.amazonaws.com"
            "kms:CallerAccount" = local.account_id
          }
        }
      },
    ]
  })

  tags = { Name = "${local.identifier}-copy" }
}

resource "aws_kms_alias" "copy" {
  count = var.copy_region == null ? 0 : 1

  region        = var.copy_region
  name          = "alias/${local.identifier}-copy"
  target_key_id = aws_kms_key.copy[0].key_id
}

resource "aws_db_instance_automated_backups_replication" "this" {
  count = var.copy_region == null ? 0 : 1

  region                 = var.copy_region
  source_db_instance_arn = aws_db_instance.this.arn
  kms_key_id             = aws_kms_key.copy[0].arn
  retention_period       = var.backup_days

  # One change of the primary at a time: while a replica is made of it, RDS refuses this one.
  depends_on = [aws_db_instance.replica]
}
