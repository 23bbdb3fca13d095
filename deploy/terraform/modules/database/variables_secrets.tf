variable "services" {
  description = "Services of the store: each gets a database, an owner and a runtime role of its own."
  type        = set(string)

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z][a-z0-9_]{1,30}$", service))])
    error_message = "A service's name is 2 to 31 lower-case letters, digits and underscores: it names a role of PostgreSQL."
  }
}

variable "databases" {
  description = "Names of databases by service, for those whose database is not named as the service."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for database in values(var.databases) : can(regex("^[a-z][a-z0-9_]{1,30}$", database))])
    error_message = "A database's name is 2 to 31 lower-case letters, digits and underscores."
  }
}

variable "secrets_prefix" {
  description = "What names of secrets begin with, for instance mercat/production."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+(/[a-z0-9-]+)*$", var.secrets_prefix))
    error_message = "secrets_prefix is words joined by slashes, without one at either end."
  }
}

variable "secret_recovery_days" {
  description = "Days that a deleted secret can still be had back."
  type        = number

  validation {
    condition     = var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30
    error_message = "secret_recovery_days is 7 to 30."
  }
}

variable "master_password_version" {
  description = "Raise it by one to give the master user a new password."
  type        = number
  default     = 1
}

variable "reads_master_secret" {
  description = "Whether this run may read the master's secret; false for who only plans, since a plan holds no write-only value."
  type        = bool
  default     = true
}

variable "password_versions" {
  description = "By service, raised by one to give its two roles new passwords; a service that is not named is at 1."
  type        = map(number)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.password_versions), var.services)) == 0
    error_message = "password_versions names a service that is not one of services."
  }
}
