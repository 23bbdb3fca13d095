variable "environment" {
  description = "Whose it is: secrets_prefix begins each secret's name, secret_days, in which a deleted secret can be had back."
  type        = object({ secrets_prefix = string, secret_days = number })
}

variable "services" {
  description = "Names of the services, each of which gets a place for what only it may know."
  type        = set(string)

  validation {
    condition     = length(var.services) > 0 && alltrue([for service in var.services : can(regex("^[a-z][a-z0-9-]{1,30}$", service))])
    error_message = "services are names of lower-case letters, digits and hyphens, and there is at least one."
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
