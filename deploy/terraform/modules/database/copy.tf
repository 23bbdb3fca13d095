# Backups and their log, a few minutes old, in a second region: what is left when the first is gone.
module "copy_key" {
  source = "../copy-key"
  count  = var.copy_region == null ? 0 : 1

  name        = "${local.identifier}-copy"
  description = "Copies of the backups of ${local.identifier}"
  region      = var.copy_region
  account_id  = local.account_id
  services    = ["rds"]
}

resource "aws_db_instance_automated_backups_replication" "this" {
  count = var.copy_region == null ? 0 : 1

  region                 = var.copy_region
  source_db_instance_arn = aws_db_instance.this.arn
  kms_key_id             = module.copy_key[0].arn
  retention_period       = var.backup_days

  # One change of the primary at a time: while a replica is made of it, RDS refuses this one.
  depends_on = [aws_db_instance.replica]
}
