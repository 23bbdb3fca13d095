variable "name" {
  description = "First part of every name, for instance mercat-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name is 3 to 31 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "region" {
  description = "Region of the environment, for instance eu-central-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the id of an AWS region: eu-central-1."
  }
}

variable "logs_key_arn" {
  description = "KMS key that encrypts sessions and the record of them; CloudWatch Logs, nodes and the people who enter must be allowed to use it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs_key_arn)) && strcontains(var.logs_key_arn, ":${var.region}:")
    error_message = "logs_key_arn is of a KMS key in the same region."
  }
}

variable "log_days" {
  description = "Days for which the record of sessions is kept."
  type        = number

  validation {
    condition     = contains([14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557, 3653], var.log_days)
    error_message = "log_days is a period that CloudWatch Logs offers, at least 14: 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557 or 3653."
  }
}

variable "idle_minutes" {
  description = "Minutes without a keystroke after which a session ends."
  type        = number
  default     = 15

  validation {
    condition     = var.idle_minutes >= 1 && var.idle_minutes <= 60 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes is a whole number from 1 to 60."
  }
}

variable "max_minutes" {
  description = "Minutes after which a session ends in any case."
  type        = number
  default     = 60

  validation {
    condition     = var.max_minutes >= var.idle_minutes && var.max_minutes <= 1440 && floor(var.max_minutes) == var.max_minutes
    error_message = "max_minutes is a whole number from idle_minutes to 1440."
  }
}
