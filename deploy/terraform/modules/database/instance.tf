locals {
  identifier = "${var.environment.name}-postgres"
  # Taken from the key instead of asked for: it must live in the database's own region and account anyway.
  region     = split(":", var.key_arn)[3]
  account_id = split(":", var.key_arn)[4]
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "Database tier of ${var.environment.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV2_AWS_69:rds.force_ssl is 1 in the parameter group, which checkov cannot read out of a dynamic block; a test asserts it
  identifier          = local.identifier
  engine              = "postgres"
  engine_version      = var.engine_version
  instance_class      = var.instance_class
  snapshot_identifier = var.snapshot_identifier

  # Write-only: state and plan never hold it. RDS' own managed password would forbid read replicas and blue/green.
  username            = local.master_username
  password_wo         = var.reads_master_secret ? jsondecode(ephemeral.aws_secretsmanager_secret_version.master[0].secret_string).password : null
  password_wo_version = var.master_password_version
  # For people, whose passwords would be shared: they sign in by their AWS identity.
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_encrypted     = true
  kms_key_id            = var.key_arn

  multi_az               = var.multi_az
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false
  port                   = 5432
  parameter_group_name   = aws_db_parameter_group.this.name
  # The authority that clients verify the server by (sslmode=verify-full); it is valid until 2061.
  ca_cert_identifier = "rds-ca-rsa2048-g1"

  # UTC, at the store's quietest; AWS Backup's snapshots (modules/backup) keep an hour's distance from both.
  backup_window               = "01:00-01:30"
  maintenance_window          = "sun:02:00-sun:03:00"
  backup_retention_period     = var.backup_days
  copy_tags_to_snapshot       = true
  delete_automated_backups    = !var.keep_automated_backups
  deletion_protection         = var.deletion_protection
  skip_final_snapshot         = !var.final_snapshot
  final_snapshot_identifier   = "${local.identifier}-final"
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = var.allow_major_upgrade
  apply_immediately           = var.apply_immediately

  enabled_cloudwatch_logs_exports       = local.exported_logs
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.key_arn
  performance_insights_retention_period = 7 # days, free
  database_insights_mode                = "standard"

  # RDS would make the groups itself, and keep the logs in them for ever; and it refuses a role that may not write yet.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]

  lifecycle {
    # Changed afterwards they would replace the database: by an old one, or one that was restored with another region's key by an empty one.
    ignore_changes = [snapshot_identifier, kms_key_id]

    precondition {
      condition     = !var.deletion_protection || var.backup_days >= 7
      error_message = "A database worth protecting from deletion is worth 7 days of backups: raise backup_days."
    }
  }
}

resource "aws_db_instance" "replica" {
  #checkov:skip=CKV2_AWS_69:rds.force_ssl is 1 in the parameter group, which checkov cannot read out of a dynamic block; a test asserts it
  #checkov:skip=CKV_AWS_133:the primary has the backups, and a lost replica is made again from it
  #checkov:skip=CKV_AWS_157:a replica carries reads only; when it fails, readers go to the primary or to another replica
  for_each = local.replicas

  identifier          = each.value
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = var.instance_class

  storage_type          = "gp3"
  max_allocated_storage = var.max_storage_gb
  storage_encrypted     = true

  multi_az                            = false
  vpc_security_group_ids              = [var.security_group_id]
  publicly_accessible                 = false
  port                                = 5432
  parameter_group_name                = aws_db_parameter_group.this.name
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  iam_database_authentication_enabled = true

  # The primary has the backups; a replica is made again from it.
  backup_retention_period    = 0
  skip_final_snapshot        = true
  copy_tags_to_snapshot      = true
  deletion_protection        = var.deletion_protection
  maintenance_window         = "sun:03:30-sun:04:30"
  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately

  enabled_cloudwatch_logs_exports       = local.exported_logs
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.key_arn
  performance_insights_retention_period = 7 # days, free
  database_insights_mode                = "standard"

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]
}

locals {
  replicas = { for number in range(1, var.read_replicas + 1) : tostring(number) => "${local.identifier}-reader-${number}" }
}
