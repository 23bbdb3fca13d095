# What everything else stands on, and what watches it: keys, images, names, alarms, costs, the audit trail, mail.

module "keys" {
  source = "../../modules/keys"

  name       = local.environment.name
  account_id = local.environment.account_id
  region     = local.organisation.region
}

module "registry" {
  source = "../../modules/registry"

  name              = local.environment.name
  repositories      = toset([for image in concat(keys(local.environment.services), local.environment.copied_images) : "${local.organisation.project}/${image}"])
  key_arn           = module.keys.arns.data
  enhanced_scanning = local.environment.enhanced_scanning
  force_delete      = local.environment.empty_on_destroy
  reader_role_arns  = local.environment.image_readers
}

module "dns" {
  source = "../../modules/dns"
  count  = local.environment.domain == null ? 0 : 1

  name           = local.environment.name
  account_id     = local.environment.account_id
  domain         = local.environment.domain
  delegated      = local.environment.delegated
  delegations    = local.environment.delegations
  dnssec         = local.environment.dnssec
  query_logging  = local.environment.query_logging
  query_log_days = local.environment.log_days
  force_destroy  = local.environment.empty_on_destroy
}

module "alerts" {
  source = "../../modules/alerts"

  name                     = local.environment.name
  emails                   = local.organisation.alert_emails
  slack                    = local.organisation.slack
  key_arn                  = module.keys.arns.logs
  account_id               = local.environment.account_id
  permissions_boundary_arn = local.environment.boundary_arn
}

module "costs" {
  source = "../../modules/costs"

  name                = local.environment.name
  account_id          = local.environment.account_id
  monthly_usd         = local.environment.monthly_usd
  topic_arn           = module.alerts.topic_arn
  anomaly_monitor_arn = local.environment.anomaly_monitor
  allocation_tags     = local.organisation.pays_its_own_bill ? ["Project", "Environment", "Service", "CostCenter"] : []
}

module "audit" {
  source = "../../modules/audit"

  name                     = local.environment.name
  account_id               = local.environment.account_id
  region                   = local.organisation.region
  key_arn                  = module.keys.arns.logs
  retention_days           = local.environment.audit_days
  trail                    = true
  guardduty                = local.environment.guardduty
  config                   = local.environment.config
  topic_arn                = module.alerts.topic_arn
  permissions_boundary_arn = local.environment.boundary_arn
  force_destroy            = local.environment.empty_on_destroy
}

module "mail" {
  source = "../../modules/mail"

  name                     = local.environment.name
  domain                   = local.environment.domain
  zone_id                  = one(module.dns[*].zone_id)
  region                   = local.organisation.region
  topic_arn                = module.alerts.topic_arn
  postmaster               = local.organisation.alert_emails[0]
  secrets_prefix           = local.environment.secrets_prefix
  secret_recovery_days     = local.environment.secret_days
  key_arn                  = module.keys.arns.data
  permissions_boundary_arn = local.environment.boundary_arn
}

module "sessions" {
  source = "../../modules/sessions"

  name         = local.environment.name
  logs_key_arn = module.keys.arns.logs
  log_days     = local.environment.log_days
  region       = local.organisation.region
}
