# What everything else stands on, and what watches it: keys, images, names, alarms, costs, the audit trail, mail.

module "keys" {
  source = "../../modules/keys"

  environment = local.environment
}

module "registry" {
  source = "../../modules/registry"

  environment       = local.environment
  repositories      = toset([for image in concat(["services"], local.environment.copied_images) : "${local.organisation.project}/${image}"]) # one image is all services
  key_arn           = module.keys.arns.data
  enhanced_scanning = local.environment.enhanced_scanning
  force_delete      = local.environment.empty_on_destroy
  reader_role_arns  = local.environment.image_readers
}

module "dns" {
  source = "../../modules/dns"
  count  = local.environment.domain == null ? 0 : 1

  environment    = local.environment
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

  environment = local.environment
  emails      = local.organisation.alert_emails
  slack       = local.organisation.slack
  key_arn     = module.keys.arns.logs
}

module "costs" {
  source = "../../modules/costs"

  environment         = local.environment
  monthly_usd         = local.environment.monthly_usd
  topic_arn           = module.alerts.topic_arn
  anomaly_monitor_arn = local.environment.anomaly_monitor
  allocation_tags     = local.organisation.pays_its_own_bill ? ["Project", "Environment", "Service", "CostCenter"] : []
}

module "audit" {
  source = "../../modules/audit"

  environment    = local.environment
  key_arn        = module.keys.arns.logs
  retention_days = local.environment.audit_days
  trail          = true
  guardduty      = local.environment.guardduty
  config         = local.environment.config
  topic_arn      = module.alerts.topic_arn
  force_destroy  = local.environment.empty_on_destroy
}

module "mail" {
  source = "../../modules/mail"

  environment = local.environment
  domain      = local.environment.domain
  zone_id     = one(module.dns[*].zone_id)
  topic_arn   = module.alerts.topic_arn
  postmaster  = local.organisation.alert_emails[0]
  key_arn     = module.keys.arns.data
}

module "sessions" {
  source = "../../modules/sessions"

  environment  = local.environment
  logs_key_arn = module.keys.arns.logs
}
