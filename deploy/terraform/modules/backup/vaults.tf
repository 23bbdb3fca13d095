locals {
  vault = "${var.environment.name}-backups"
  # Taken from the key instead of asked for: the vault lives where its key does.
  account_id = split(":", var.key_arn)[4]
  copies     = var.copy_region == null ? 0 : 1
  locks      = var.vault_lock_min_days > 0 ? 1 : 0
  # The lock also has an end, so that nobody fills the vault with what can never be deleted.
  longest_days = max(var.daily_days, var.monthly_months * 31, coalesce(var.copy_days, 1))
}

# debt(backups-one-account): copies lie in another region, and in the same account: who owns it can end them when the locks allow it.
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
  kms_key_arn   = module.copy_key[0].arn
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

module "copy_key" {
  source = "../copy-key"
  count  = local.copies

  name        = "${local.vault}-copy"
  description = "Copies of the backups of ${var.environment.name}"
  region      = var.copy_region
  account_id  = local.account_id
  services    = ["backup", "ec2", "rds", "s3"] # ec2: the copies of volumes
}
