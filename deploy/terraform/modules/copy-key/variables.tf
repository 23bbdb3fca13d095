variable "name" {
  description = "Alias of the key, beginning with the environment's name: for instance \"mercat-production-backups-copy\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,60}$", var.name))
    error_message = "name begins with a letter and has 3 to 61 small letters, digits and hyphens."
  }
}

variable "description" {
  description = "What is encrypted with it, for whoever finds it in the console."
  type        = string
}

variable "region" {
  description = "The second region, where the copies lie, for instance \"eu-west-1\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code such as \"eu-west-1\"."
  }
}

variable "account_id" {
  description = "The AWS account that owns the key: 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the account's 12 digits, as a string (leading zeros count)."
  }
}

variable "services" {
  description = "The AWS services through which alone the key is used, as KMS names them: for instance [\"rds\"]."
  type        = set(string)

  validation {
    condition     = length(var.services) > 0
    error_message = "services names one service at least: nobody else may use the key."
  }
}
