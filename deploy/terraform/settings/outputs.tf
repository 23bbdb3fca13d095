output "organisation" {
  description = "Whose store this is: project, owner, cost_center, region, zones, copy_region, github, alert_emails, slack, and the rest of organisation.tf."
  value       = local.organisation
}

output "environment" {
  description = "One column of the table, with the environment's name, account, domain and tags."
  value = merge(
    { for row, columns in local.table : row => columns[var.environment] },
    {
      stage           = var.environment
      name            = "${local.organisation.project}-${var.environment}"
      region          = local.organisation.region
      account_id      = local.organisation.accounts[var.environment]
      domain          = local.organisation.domains[var.environment]
      internal_domain = "${var.environment}.${local.organisation.project}.internal"
      secrets_prefix  = "${local.organisation.project}/${var.environment}"
      parameters      = "/${local.organisation.project}/${var.environment}"
      state_bucket    = "${local.organisation.project}-${var.environment}-${local.organisation.accounts[var.environment]}-state"
      administrators  = local.organisation.administrator_roles[var.environment]
      groups          = local.organisation.group_roles[var.environment]
      boundary_arn    = "arn:aws:iam::${local.organisation.accounts[var.environment]}:policy/mercat/${local.organisation.project}-${var.environment}-boundary"
      role_arns       = local.role_arns
      image_readers   = local.image_readers
      images_account  = local.images_account
      delegated       = local.organisation.delegated[var.environment]
      connected       = local.organisation.connected[var.environment]
      anomaly_monitor = local.organisation.anomaly_monitors[var.environment]
      delegations     = var.environment == "production" ? local.organisation.delegations : {}
      services        = local.services
      copied_images   = local.copied_images
      tags            = local.tags

      # Volumes that bear it are backed up daily, where there are backups in vaults.
      volume_backup_tag = { key = "Backup", value = "daily" }
    }
  )
}
