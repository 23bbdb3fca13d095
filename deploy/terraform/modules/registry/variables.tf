variable "environment" {
  description = "Whose it is: name begins each name."
  type        = object({ name = string })
}

variable "repositories" {
  description = "The repositories' names, one per image, below a namespace, for instance [\"mercat/orders\"]."
  type        = set(string)

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)+$", name))])
    error_message = "repositories holds at least one name like \"mercat/orders\": the release role may push below its namespace only."
  }
}

variable "key_arn" {
  description = "KMS key of the images at rest; its ARN also says in which account and region the registry is."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is a key's ARN (arn:aws:kms:<region>:<account>:key/...), not an alias."
  }
}

variable "enhanced_scanning" {
  description = "Whether Amazon Inspector scans our images continuously (paid per image) instead of ECR once on push (free)."
  type        = bool
  default     = false
}

variable "force_delete" {
  description = "Whether a destroy also deletes the images; true only where nothing of value lies."
  type        = bool
  default     = false
}

variable "reader_role_arns" {
  description = "Roles of other accounts that may read our images: those that promote them to the next environment."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.reader_role_arns : can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9/_-]+$", arn))])
    error_message = "reader_role_arns are ARNs of single roles, without wildcards."
  }
}
