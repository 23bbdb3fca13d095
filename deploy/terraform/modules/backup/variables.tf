variable "environment" {
  description = "Whose it is: name begins each name, boundary_arn bounds each role."
  type        = object({ name = string, boundary_arn = string })
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts the vault in the store's own region."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a key: arn:aws:kms:region:account:key/id."
  }
}

variable "selected_arns" {
  description = "ARNs of what is backed up: databases and buckets."
  type        = list(string)

  validation {
    condition     = length(var.selected_arns) > 0
    error_message = "selected_arns is empty: a plan that backs up nothing looks like a backup, and is none."
  }

  validation {
    condition     = !contains(var.selected_arns, "*")
    error_message = "selected_arns names what is backed up: \"*\" would also take, and bill, what others put into the account."
  }
}

variable "daily_days" {
  description = "Days that a daily backup is kept."
  type        = number

  validation {
    condition     = var.daily_days >= 1 && floor(var.daily_days) == var.daily_days
    error_message = "daily_days is a whole number of at least 1."
  }
}

variable "monthly_months" {
  description = "Months that the backup of a month's first day is kept; 0 makes none."
  type        = number

  validation {
    condition     = var.monthly_months >= 0 && floor(var.monthly_months) == var.monthly_months
    error_message = "monthly_months is a whole number, 0 or more."
  }
}

variable "copy_region" {
  description = "Second region that receives a copy of every backup; null copies nowhere."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null ? true : var.copy_region != split(":", var.key_arn)[3]
    error_message = "copy_region must be another region than the store's: a copy beside the original falls with it."
  }
}

variable "copy_days" {
  description = "Days that the copy of a daily backup is kept; needed with copy_region. Copies of monthly backups are kept as long as these."
  type        = number
  default     = null

  validation {
    condition     = var.copy_region == null ? true : (var.copy_days == null ? false : var.copy_days >= 1 && floor(var.copy_days) == var.copy_days)
    error_message = "copy_region needs copy_days, a whole number of at least 1."
  }
}

variable "vault_lock_min_days" {
  description = "Days that no backup can be deleted before (vault lock); 0 locks nothing."
  type        = number
  default     = 0

  validation {
    condition     = var.vault_lock_min_days >= 0 && floor(var.vault_lock_min_days) == var.vault_lock_min_days
    error_message = "vault_lock_min_days is a whole number, 0 or more."
  }

  # Backup jobs whose retention lies outside of the lock fail, all of them, and only at night.
  validation {
    condition     = var.vault_lock_min_days <= var.daily_days && (var.copy_days == null ? true : var.vault_lock_min_days <= var.copy_days)
    error_message = "vault_lock_min_days must not exceed daily_days or copy_days: the vault would refuse every backup."
  }
}

variable "vault_lock_grace_days" {
  description = "Days, 3 or more, until the lock can be lifted by nobody, not even AWS (compliance mode); null leaves it to roles with the right (governance mode)."
  type        = number
  default     = null

  validation {
    condition     = var.vault_lock_grace_days == null ? true : var.vault_lock_grace_days >= 3
    error_message = "vault_lock_grace_days is 3 or more: AWS' shortest time to think better of it."
  }
}

variable "restore_testing" {
  description = "Whether a database is restored from its newest backup each month, and deleted again."
  type        = bool
  default     = false
}

variable "restore_metadata" {
  description = "Settings of the restored database that AWS Backup should not take from the original, for instance { dbInstanceClass = \"db.t4g.medium\" }."
  type        = map(string)
  default     = {}
}

variable "selected_volume_tag" {
  description = "Tag of the EBS volumes that are backed up too, for instance { key = \"Backup\", value = \"daily\" }; null: none."
  type        = object({ key = string, value = string })
  default     = null

  validation {
    condition     = var.selected_volume_tag == null ? true : length(var.selected_volume_tag.key) > 0 && length(var.selected_volume_tag.value) > 0
    error_message = "selected_volume_tag names key and value: without a value volumes of everybody would be taken."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of failed, missing and expired jobs."
  type        = list(string)
}

variable "force_destroy" {
  description = "Whether a destroy deletes the backups too; false refuses to destroy a vault that holds any."
  type        = bool
  default     = false

  validation {
    condition     = !var.force_destroy || var.vault_lock_min_days == 0
    error_message = "force_destroy cannot delete what vault_lock_min_days locks: leave one of them."
  }
}
