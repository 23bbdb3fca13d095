variable "environment" {
  description = "Which account is prepared: development, staging or production."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment is development, staging or production."
  }
}

variable "plan_reads_secrets" {
  description = "Whether plans may read secret values, which refreshing the data layer needs; whoever may run a plan then reads this account's passwords."
  type        = bool
  default     = false
}
