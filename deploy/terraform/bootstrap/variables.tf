variable "environment" {
  description = "Which account is prepared: development, staging, production, or what else settings/organisation.tf names."
  type        = string
}
