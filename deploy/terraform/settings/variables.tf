variable "environment" {
  description = "Which environment a root belongs to: one of those that organisation.tf names an account for."
  type        = string

  validation {
    condition     = contains(keys(local.organisation.accounts), var.environment)
    error_message = "environment is one of those in settings/organisation.tf, accounts: ${join(", ", keys(local.organisation.accounts))}."
  }
}
