variable "environment" {
  description = "Which environment a root belongs to: one of those that organisation.tf names an account for."
  type        = string

  validation {
    condition     = contains(keys(local.organisation.accounts), var.environment)
    error_message = "environment is one of those in settings/organisation.tf, accounts: ${join(", ", keys(local.organisation.accounts))}."
  }

  # Modules take the values below as they are, so these are looked at here, once; what is said of an unknown environment stands above.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,28}$", "${local.organisation.project}-${var.environment}"))
    error_message = "project and environment have together 3 to 29 lower-case letters, digits and hyphens, a letter first: a node group adds 34 and may have 63."
  }

  validation {
    condition     = can(regex("^[0-9]{12}$", try(local.organisation.accounts[var.environment], "111111111111"))) && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", local.organisation.region))
    error_message = "An account is twelve digits, as a string (leading zeros count); region is the id of an AWS region: eu-central-1."
  }

  validation {
    condition     = contains([14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557, 3653], try(local.table.log_days[var.environment], 14))
    error_message = "log_days is a period that CloudWatch Logs offers, at least 14: 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557 or 3653."
  }

  validation {
    condition     = try(local.table.secret_days[var.environment] >= 7 && local.table.secret_days[var.environment] <= 30, true)
    error_message = "secret_days lies between 7 and 30."
  }

  validation {
    condition     = try(local.organisation.domains[var.environment] != null || !local.table.deletion_protection[var.environment], true)
    error_message = "Without a domain CloudFront fetches by plain HTTP: only an environment without deletion_protection may be tried so. Give it a name in settings/organisation.tf, domains."
  }
}
