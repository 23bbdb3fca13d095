# Passwords are letters and digits: they go into URLs as they are. 48 of them are 285 bits.
ephemeral "aws_secretsmanager_random_password" "master" {
  password_length     = 48
  exclude_punctuation = true
}

# What was written is what the database gets: an apply that breaks off between the two leaves one password, not two. Known
# only when the version is, so that a plan of a new environment does not look for it.
ephemeral "aws_secretsmanager_secret_version" "master" {
  count = var.reads_master_secret ? 1 : 0

  secret_id  = aws_secretsmanager_secret_version.master.secret_id
  version_id = aws_secretsmanager_secret_version.master.version_id
}

ephemeral "aws_secretsmanager_random_password" "service" {
  for_each = local.roles

  password_length     = 48
  exclude_punctuation = true
}

locals {
  # Three roles a service: one that owns the tables and migrates them, one that runs and may only change rows, and one that
  # reads what the check of the books needs.
  roles = merge([for service in var.services : {
    "${service}/database"         = { service = service, username = service }
    "${service}/database-owner"   = { service = service, username = "${service}_owner" }
    "${service}/database-auditor" = { service = service, username = "${service}_auditor" }
  }]...)

  master_username = "mercat_admin"

  # The name that RDS' certificate bears. Our own name in front of it would not verify, see README.
  connection = {
    host    = aws_db_instance.this.address
    port    = 5432
    sslmode = "verify-full"
  }
}

# Written before the instance, so it has no host: that is database_host of the handover.
resource "aws_secretsmanager_secret" "master" {
  #checkov:skip=CKV2_AWS_57:rotation is a raised master_password_version; a rotating function would need a network path and rights of its own to the database
  name                    = "${var.environment.secrets_prefix}/database-master"
  description             = "Master user of ${local.identifier}, for the job that makes databases and roles"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days
}

resource "aws_secretsmanager_secret_version" "master" {
  secret_id = aws_secretsmanager_secret.master.id
  secret_string_wo = jsonencode({
    port     = 5432
    sslmode  = "verify-full"
    dbname   = "postgres"
    username = local.master_username
    password = ephemeral.aws_secretsmanager_random_password.master.random_password
  })
  secret_string_wo_version = var.master_password_version
}

resource "aws_secretsmanager_secret" "service" {
  #checkov:skip=CKV2_AWS_57:rotation is a raised password_versions and a run of the job that sets roles; a rotating function would hold the master password
  for_each = local.roles

  name                    = "${var.environment.secrets_prefix}/${each.key}"
  description             = "Role ${each.value.username} of ${local.identifier}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days

  tags = { Service = each.value.service }
}

resource "aws_secretsmanager_secret_version" "service" {
  for_each = local.roles

  secret_id = aws_secretsmanager_secret.service[each.key].id
  secret_string_wo = jsonencode(merge(local.connection, {
    dbname   = each.value.service
    username = each.value.username
    password = ephemeral.aws_secretsmanager_random_password.service[each.key].random_password
  }))
  secret_string_wo_version = lookup(var.password_versions, each.value.service, 1)
}
