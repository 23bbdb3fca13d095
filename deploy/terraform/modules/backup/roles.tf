# AWS' own policies instead of ours: they change with what AWS Backup calls for each kind of resource,
# and the permissions boundary holds them.
locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "backup.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role" "backup" {
  name                 = "${var.environment.name}-backup"
  path                 = "/mercat/"
  description          = "AWS Backup reads what it backs up"
  permissions_boundary = var.environment.boundary_arn
  assume_role_policy   = local.trust
}

resource "aws_iam_role_policy_attachment" "backup" {
  for_each = {
    general = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    buckets = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"
  }

  role       = aws_iam_role.backup.name
  policy_arn = each.value
}

# A role of its own: what backs up can never write back.
resource "aws_iam_role" "restore" {
  name                 = "${var.environment.name}-backup-restore"
  path                 = "/mercat/"
  description          = "AWS Backup restores what it has backed up"
  permissions_boundary = var.environment.boundary_arn
  assume_role_policy   = local.trust
}

resource "aws_iam_role_policy_attachment" "restore" {
  for_each = {
    general = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
    buckets = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore"
  }

  role       = aws_iam_role.restore.name
  policy_arn = each.value
}
