variable "environment" {
  description = "Which environment a root belongs to: one of those that organisation.tf names an account for."
  type        = string

  validation {
    condition     = try(local.organisation.domains[var.environment] != null || !local.table.deletion_protection[var.environment], true)
    error_message = "Without a domain CloudFront fetches by plain HTTP: only an environment without deletion_protection may be tried so. Give it a name in settings/organisation.tf, domains."
  }

  validation {
    condition     = contains(keys(local.organisation.accounts), var.environment)
    error_message = "environment is one of those in settings/organisation.tf, accounts: ${join(", ", keys(local.organisation.accounts))}."
  }
}
