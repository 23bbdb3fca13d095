variable "services" {
  description = "Services of the store: each gets a database, an owner and a runtime role of its own."
  type        = set(string)

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z][a-z0-9_]{1,30}$", service))])
    error_message = "A service's name is 2 to 31 lower-case letters, digits and underscores: it names a role of PostgreSQL."
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
  description = "By service, raised by one to give its three roles new passwords; a service that is not named is at 1."
  type        = map(number)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.password_versions), var.services)) == 0
    error_message = "password_versions names a service that is not one of services."
  }
}
