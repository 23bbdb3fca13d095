variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string })
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

variable "topic_arn" {
  description = "SNS topic that findings go to."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.topic_arn))
    error_message = "topic_arn is an SNS topic's ARN."
  }
}

variable "force_destroy" {
  description = "Whether a destroy takes the records along; true only in development."
  type        = bool
  default     = false
}
