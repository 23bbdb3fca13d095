variable "name" {
  description = "Prefix of every name, and the trail's own name (the logs key's policy names it), for instance \"mercat-production\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name begins with a letter and has 3 to 31 small letters, digits and hyphens."
  }
}

variable "account_id" {
  description = "The AWS account that is watched: 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the account's 12 digits, as a string (leading zeros count)."
  }
}

variable "region" {
  description = "The trail's home region; the trail itself covers all regions."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code such as \"eu-central-1\"."
  }
}

variable "key_arn" {
  description = "KMS key of the trail and its bucket: the logs key of modules/keys, whose policy lets CloudTrail in."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is a key's ARN (arn:aws:kms:<region>:<account>:key/...), not an alias."
  }
}

variable "retention_days" {
  description = "Days that audit records are kept; the law or the auditors say how many."
  type        = number

  validation {
    condition     = var.retention_days >= 90
    error_message = "retention_days is 90 or more: a break-in is found after weeks, not days."
  }
}

variable "lock_days" {
  description = "Days in which nobody deletes a record, by object lock; 0 locks nothing, so that a destroy can end."
  type        = number
  default     = 0

  validation {
    condition     = var.lock_days >= 0 && var.lock_days <= var.retention_days
    error_message = "lock_days is 0 to retention_days: what is locked longer than it is kept is paid for without use."
  }
}

variable "trail" {
  description = "Whether this account keeps a trail of its own; false only where the organisation keeps one."
  type        = bool
}

variable "guardduty" {
  description = "Whether GuardDuty watches for attacks."
  type        = bool
}

variable "config" {
  description = "Whether AWS Config records what matters to its rules and judges it."
  type        = bool
}

variable "access_analyzer" {
  description = "Whether IAM Access Analyzer reports what is reachable from outside the account (free)."
  type        = bool
  default     = true
}

variable "topic_arn" {
  description = "SNS topic that findings go to."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn is an SNS topic's ARN."
  }
}

variable "data_event_bucket_arns" {
  description = "Buckets whose reads and writes of objects the trail records too (paid per event), for instance the state bucket's ARN."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.data_event_bucket_arns : can(regex("^arn:aws:s3:::[a-z0-9.-]+$", arn))])
    error_message = "data_event_bucket_arns are bucket ARNs (arn:aws:s3:::<bucket>), without a path."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the recorder's role."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is a policy's ARN; bootstrap makes it."
  }
}

variable "force_destroy" {
  description = "Whether a destroy takes the records along; true only in development."
  type        = bool
  default     = false
}
