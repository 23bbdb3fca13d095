# What must not be lost: the databases, the objects, and the copies of both.

locals {
  # A service without a database says so by an empty name.
  databases = toset([for service in values(local.environment.services) : service.database if service.database != ""])
}

module "database" {
  source = "../../modules/database"

  environment             = local.environment
  subnet_ids              = local.network.database_subnet_ids
  security_group_id       = local.network.security_group_ids.database
  key_arn                 = local.foundation.keys.data
  logs_key_arn            = local.foundation.keys.logs
  engine_version          = local.environment.postgresql_version
  allow_major_upgrade     = local.environment.allow_major
  apply_immediately       = local.environment.change_at_once
  master_password_version = local.environment.master_password
  password_versions       = { for database in local.databases : database => local.environment.database_passwords }
  instance_class          = local.environment.database_class
  storage_gb              = local.environment.database_gb
  max_storage_gb          = local.environment.database_max_gb
  multi_az                = local.environment.database_multi_az
  read_replicas           = local.environment.database_replicas
  backup_days             = local.environment.backup_days
  deletion_protection     = local.environment.deletion_protection
  final_snapshot          = local.environment.final_snapshot
  keep_automated_backups  = local.environment.keep_automated_backups
  reads_master_secret     = !strcontains(data.aws_caller_identity.current.arn, "/${local.environment.name}-plan/")
  copy_region             = local.environment.copy_backups ? local.organisation.copy_region : null
  services                = local.databases
  zone_id                 = local.network.internal_zone_id
  alarm_topic_arns        = [local.foundation.topic_arn]
}

# What only people and Stripe know: the places for it, empty.
module "service_secrets" {
  source = "../../modules/service-secrets"

  environment = local.environment
  services    = toset(concat(keys(local.environment.services), ["alertmanager", "grafana", "logs", "probe"]))
  key_arn     = local.foundation.keys.data
}

# The store survives the loss of Valkey, so it is never backed up.
module "cache" {
  source = "../../modules/cache"

  environment       = local.environment
  subnet_ids        = local.network.database_subnet_ids
  security_group_id = local.network.security_group_ids.cache
  key_arn           = local.foundation.keys.data
  logs_key_arn      = local.foundation.keys.logs
  engine_version    = local.environment.valkey_version
  apply_immediately = local.environment.change_at_once
  password_version  = local.environment.cache_password
  node_type         = local.environment.cache_node_type
  replicas          = local.environment.cache_replicas
  zone_id           = local.network.internal_zone_id
  alarm_topic_arns  = [local.foundation.topic_arn]
}

# Log deliveries of CloudFront and the load balancer; they cannot write to a bucket with a key of our own.
module "logs" {
  source = "../../modules/bucket"

  bucket        = "${local.environment.name}-${local.environment.account_id}-logs"
  account_id    = local.environment.account_id
  log_delivery  = true
  expire_days   = local.environment.log_days
  force_destroy = local.environment.empty_on_destroy
}

module "media" {
  source = "../../modules/bucket"

  bucket                = "${local.environment.name}-${local.environment.account_id}-media"
  key_arn               = local.foundation.keys.data
  cloudfront_account_id = local.environment.account_id
  access_logs_bucket    = module.logs.id
  force_destroy         = local.environment.empty_on_destroy
}

# Elasticsearch's snapshots: logs, which may be lost with their cluster and which it prunes itself, so neither locked nor copied.
module "snapshots" {
  source = "../../modules/bucket"

  bucket             = "${local.environment.name}-${local.environment.account_id}-snapshots"
  key_arn            = local.foundation.keys.data
  access_logs_bucket = module.logs.id
  force_destroy      = local.environment.empty_on_destroy
}

# Backups of what runs inside the cluster.
module "backups" {
  source = "../../modules/bucket"

  bucket             = "${local.environment.name}-${local.environment.account_id}-backups"
  key_arn            = local.foundation.keys.data
  object_lock_days   = local.environment.lock_backups ? local.environment.backup_days : 0
  access_logs_bucket = module.logs.id
  force_destroy      = local.environment.empty_on_destroy && !local.environment.lock_backups
}

module "backup" {
  source = "../../modules/backup"
  count  = local.environment.copy_backups ? 1 : 0

  environment         = local.environment
  key_arn             = local.foundation.keys.data
  copy_region         = local.organisation.copy_region
  copy_days           = local.environment.backup_days
  daily_days          = local.environment.backup_days
  monthly_months      = local.environment.backup_months
  vault_lock_min_days = local.environment.lock_backups ? 7 : 0
  restore_testing     = local.environment.lock_backups
  force_destroy       = local.environment.empty_on_destroy && !local.environment.lock_backups
  selected_arns       = [module.database.instance_arn, module.media.arn]
  selected_volume_tag = local.environment.volume_backup_tag
  alarm_topic_arns    = [local.foundation.topic_arn]
}
