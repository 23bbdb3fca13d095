variable "services" {
  description = "Names of the services, each of which gets a place for what only it may know."
  type        = set(string)

  validation {
    condition     = length(var.services) > 0 && alltrue([for service in var.services : can(regex("^[a-z][a-z0-9-]{1,30}$", service))])
    error_message = "services are names of lower-case letters, digits and hyphens, and there is at least one."
  }
}

variable "secrets_prefix" {
  description = "Where the environment's secrets stand, for instance mercat/production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$", var.secrets_prefix))
    error_message = "secrets_prefix is project/environment, without slashes at its ends."
  }
}

variable "key_arn" {
  description = "KMS key that encrypts the secrets."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be brought back, 7 to 30."
  type        = number

  validation {
    condition     = var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30
    error_message = "secret_recovery_days lies between 7 and 30."
  }
}
