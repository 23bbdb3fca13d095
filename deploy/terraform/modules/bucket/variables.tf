variable "bucket" {
  description = "The bucket's full name, which is unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket is 3 to 63 lower-case letters, digits and hyphens, without dots: a dot breaks the TLS name."
  }
}

variable "name" {
  description = "The environment's name, for instance mercat-production; when it is given, the bucket's name must begin with it."
  type        = string
  default     = null

  validation {
    condition     = var.name == null ? true : startswith(var.bucket, var.name)
    error_message = "bucket must begin with name, so that the account's list of buckets reads by environment."
  }
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the objects; null encrypts with keys of S3 (SSE-S3)."
  type        = string
  default     = null

  validation {
    condition     = var.key_arn == null ? true : can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a key (arn:aws:kms:region:account:key/id), not of an alias: the bucket's policy compares it."
  }
}

variable "account_id" {
  description = "The 12 digits of the account whose log deliveries may write; needed with log_delivery."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null ? true : can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id has 12 digits."
  }
}

variable "versioning" {
  description = "Whether an overwritten or deleted object is kept as an old version for noncurrent_days."
  type        = bool
  default     = true
}

variable "noncurrent_days" {
  description = "Days that an old version is kept after it was overwritten or deleted."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is a whole number of at least 1."
  }
}

variable "expire_days" {
  description = "Days after which an object is deleted; 0 keeps it for ever."
  type        = number
  default     = 0

  validation {
    condition     = var.expire_days >= 0 && floor(var.expire_days) == var.expire_days
    error_message = "expire_days is a whole number, 0 or more."
  }

  validation {
    condition     = var.expire_days == 0 || alltrue([for step in var.transitions : step.days < var.expire_days])
    error_message = "expire_days must lie after every transition: an object cannot move after it was deleted."
  }
}

variable "transitions" {
  description = "Moves to cheaper storage: the object's age in days, and the storage class."
  type        = list(object({ days = number, class = string }))
  default     = []

  validation {
    condition = alltrue([for step in var.transitions : contains(
      ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], step.class
    )])
    error_message = "A transition's class is STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER or DEEP_ARCHIVE."
  }

  validation {
    condition     = alltrue([for step in var.transitions : step.days >= 30 || !endswith(step.class, "_IA")])
    error_message = "S3 moves objects to STANDARD_IA or ONEZONE_IA after 30 days at the earliest."
  }
}

variable "object_lock_days" {
  description = "Days that nobody can overwrite or delete a new object version (write once, read many); 0 locks nothing."
  type        = number
  default     = 0

  validation {
    condition     = var.object_lock_days >= 0 && var.object_lock_days <= 36500 && floor(var.object_lock_days) == var.object_lock_days
    error_message = "object_lock_days is a whole number from 0 to 36500."
  }
}

variable "cloudfront_account_id" {
  description = "The 12 digits of the account whose CloudFront distributions may read objects through origin access control; null lets none."
  type        = string
  default     = null

  validation {
    condition     = var.cloudfront_account_id == null ? true : can(regex("^[0-9]{12}$", var.cloudfront_account_id))
    error_message = "cloudfront_account_id has 12 digits."
  }
}

variable "policy_statements" {
  description = "Further statements of the bucket's policy, as objects: who else may do what, for instance a service of AWS that writes."
  type        = any
  default     = []

  validation {
    condition = alltrue([for statement in var.policy_statements :
      can(statement.Effect) && can(statement.Principal) && can(statement.Action) && can(statement.Resource)
    ])
    error_message = "Each of policy_statements is an object with Effect, Principal, Action and Resource."
  }

  validation {
    condition = alltrue([for statement in var.policy_statements :
      try(statement.Effect, "") != "Allow" || !can(regex("\"(AWS\"?:)?\\[?\"?\\*\"", jsonencode(try(statement.Principal, ""))))
    ])
    error_message = "No statement may allow everybody (Principal \"*\"): name the role or the service."
  }
}

variable "access_logs_bucket" {
  description = "Name of the bucket that keeps the log of who read and wrote what; null keeps none."
  type        = string
  default     = null
}

variable "log_delivery" {
  description = "Whether this bucket receives logs of CloudFront, S3 and load balancers, which need ACLs, SSE-S3 and rights of their own."
  type        = bool
  default     = false
}

variable "force_destroy" {
  description = "Whether a destroy deletes the objects too; false refuses to destroy a bucket that holds any."
  type        = bool
  default     = false
}
