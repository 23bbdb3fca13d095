variable "name" {
  description = "Prefix of every alias and description, for instance \"mercat-production\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name begins with a letter and has 3 to 31 small letters, digits and hyphens."
  }
}

variable "account_id" {
  description = "The AWS account that owns the keys: 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the account's 12 digits, as a string (leading zeros count)."
  }
}

variable "region" {
  description = "The region of the keys, for instance \"eu-central-1\"; the services that may use them are named in it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code such as \"eu-central-1\"."
  }
}

variable "administrators" {
  description = "Role ARNs that alone may change, disable and delete the keys; empty: whoever the account's IAM policies allow."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.administrators : can(regex("^arn:aws:iam::[0-9]{12}:role/", arn))])
    error_message = "administrators are role ARNs (arn:aws:iam::<account>:role/...); name the role that runs Terraform too, or KMS refuses the policy."
  }
}

variable "deletion_window_days" {
  description = "Days between a key's deletion and its end: within them it can be taken back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days is 7 to 30: KMS knows nothing else."
  }
}
