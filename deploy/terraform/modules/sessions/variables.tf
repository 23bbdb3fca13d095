variable "environment" {
  description = "Whose it is: name begins each name, region, log_days."
  type        = object({ name = string, region = string, log_days = number })
}

variable "logs_key_arn" {
  description = "KMS key that encrypts sessions and the record of them; CloudWatch Logs, nodes and the people who enter must be allowed to use it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs_key_arn)) && strcontains(var.logs_key_arn, ":${var.environment.region}:")
    error_message = "logs_key_arn is of a KMS key in the same region."
  }
}
