variable "environment" {
  description = "Which account is prepared: development, staging, production, or what else settings/organisation.tf names."
  type        = string
}

variable "plan_reads_secrets" {
  description = "Whether plans may read secret values, which refreshing the data layer needs; whoever may run a plan then reads this account's passwords."
  type        = bool
  default     = false
}
