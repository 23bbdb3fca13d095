variable "environment" {
  description = "Whose it is: name begins each name, boundary_arn bounds each role, log_days, secrets_prefix begins each secret's name, secret_days, in which a deleted secret can be had back, internal_domain, the private zone."
  type        = object({ name = string, boundary_arn = string, log_days = number, secrets_prefix = string, secret_days = number, internal_domain = string })
}

variable "subnet_ids" {
  description = "Subnets of the database tier, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS asks for subnets in two zones at least, also for an instance that stands in one."
  }
}

variable "security_group_id" {
  description = "Security group that admits the nodes on port 5432, and nothing else."
  type        = string
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts storage, backups, Performance Insights and secrets."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a key: arn:aws:kms:region:account:key/id."
  }
}

variable "logs_key_arn" {
  description = "ARN of the KMS key that encrypts the log groups; null encrypts with CloudWatch's own key."
  type        = string
  default     = null
}

variable "engine_version" {
  description = "Major version of PostgreSQL: AWS keeps the minor version new by itself."
  type        = string
  default     = "18"

  validation {
    condition     = can(regex("^1[89]$|^2[0-9]$", var.engine_version))
    error_message = "engine_version is a major version of 18 or later (\"18\"), whose uuidv7() the migrations use; with a minor version every automatic update would show as drift."
  }
}

variable "allow_major_upgrade" {
  description = "Whether an apply may move to another major version, which is done by hand and once (see README)."
  type        = bool
  default     = false
}

variable "apply_immediately" {
  description = "Whether changes that may restart the database happen now instead of in the maintenance window."
  type        = bool
  default     = false
}

variable "snapshot_identifier" {
  description = "Snapshot to create the instance from, to restore a lost one; null creates it empty. Read at creation only."
  type        = string
  default     = null
}

variable "instance_class" {
  description = "Class of the primary, for instance db.m7g.large."
  type        = string

  validation {
    condition     = can(regex("^db\\.[tmrcx][0-9][a-z0-9]*\\.(micro|small|medium|large|[0-9]*xlarge)$", var.instance_class))
    error_message = "instance_class is a class of the families t, m, r, c or x, for instance db.m7g.large."
  }
}

variable "storage_gb" {
  description = "Storage at the start, in GiB."
  type        = number

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536
    error_message = "gp3 storage begins at 20 GiB and ends at 65536."
  }
}

variable "max_storage_gb" {
  description = "GiB that storage may grow to by itself; it never shrinks again."
  type        = number

  validation {
    condition     = var.max_storage_gb >= var.storage_gb * 1.1
    error_message = "max_storage_gb must exceed storage_gb by a tenth at least: a full disk stops the store."
  }
}

variable "multi_az" {
  description = "Whether a standby in a second zone takes over when the first fails."
  type        = bool
}

variable "read_replicas" {
  description = "Number of read replicas: for read scale and reports, not for availability (that is multi_az)."
  type        = number
  default     = 0

  validation {
    condition     = var.read_replicas >= 0 && var.read_replicas <= 15 && floor(var.read_replicas) == var.read_replicas
    error_message = "RDS for PostgreSQL has 0 to 15 read replicas."
  }
}

variable "backup_days" {
  description = "Days back to any second of which the database can be restored (point-in-time recovery)."
  type        = number

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35 && floor(var.backup_days) == var.backup_days
    error_message = "backup_days is 1 to 35: without backups there is neither recovery nor a read replica. Longer is modules/backup's task."
  }
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the instance."
  type        = bool
}

variable "final_snapshot" {
  description = "Whether a deleted instance leaves a snapshot behind, <name>-postgres-final."
  type        = bool
  default     = true
}

variable "keep_automated_backups" {
  description = "Whether the automated backups of a deleted instance stay for their days."
  type        = bool
  default     = true
}

variable "copy_region" {
  description = "Second region that receives the automated backups as they are made; null copies nowhere."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null ? true : var.copy_region != split(":", var.key_arn)[3]
    error_message = "copy_region must be another region than the database's: a copy beside the original falls with it."
  }
}

variable "zone_id" {
  description = "Id of the internal DNS zone, which gets the names postgres and postgres-reader."
  type        = string
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms and failovers."
  type        = list(string)
  default     = []
}
