# What this layer needs of the earlier ones, and what later layers need of this one.
locals {
  foundation = jsondecode(data.aws_ssm_parameter.foundation.insecure_value)
  network    = jsondecode(data.aws_ssm_parameter.network.insecure_value)
}

data "aws_ssm_parameter" "foundation" {
  name = "${local.environment.parameters}/10-foundation"
}

data "aws_ssm_parameter" "network" {
  name = "${local.environment.parameters}/20-network"
}

# Who plans without the right to read secrets plans without the master's password.
data "aws_caller_identity" "current" {}

resource "aws_ssm_parameter" "handover" {
  #checkov:skip=CKV2_AWS_34:Identifiers only, no secret: a plain String can be read in a plan and costs nothing
  name        = "${local.environment.parameters}/30-data"
  description = "What the later layers need of the data."
  type        = "String"
  insecure_value = jsonencode({
    database_host = module.database.host
    reader_host   = module.database.reader_host
    buckets       = { media = module.media.id, backups = module.backups.id, snapshots = module.snapshots.id, logs = module.logs.id }

    database_ca_bundle_url = module.database.ca_bundle_url
    master_secret_arn      = module.database.master_secret_arn
    cache_endpoint         = module.cache.primary_endpoint
    logs_bucket            = module.logs.id
    logs_bucket_domain     = module.logs.domain_name
    media_bucket_arn       = module.media.arn
    media_bucket_domain    = module.media.regional_domain_name
    backups_bucket_arn     = module.backups.arn
    snapshots_bucket_arn   = module.snapshots.arn
  })
}

output "database_secrets" {
  description = "Where each service finds its database, role and password."
  value       = module.database.service_secret_arns
}

output "restore_role_arn" {
  description = "The role that AWS Backup restores with; null where nothing is backed up by it."
  value       = one(module.backup[*].restore_role_arn)
}
