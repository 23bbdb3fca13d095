variable "name" {
  description = "What every name begins with, for instance mercat-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name is 3 to 31 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "subnet_ids" {
  description = "Subnets of the database tier, in at least two zones if there are replicas."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1
    error_message = "subnet_ids needs one subnet at least."
  }
}

variable "security_group_id" {
  description = "Security group that admits the nodes on port 6379, and nothing else."
  type        = string
}

variable "key_arn" {
  description = "ARN of the KMS key that encrypts what is on disk, and the secret."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a key: arn:aws:kms:region:account:key/id."
  }
}

variable "logs_key_arn" {
  description = "ARN of the KMS key that encrypts the log group; null encrypts with CloudWatch's own key."
  type        = string
  default     = null
}

variable "node_type" {
  description = "Type of each node, for instance cache.m7g.large."
  type        = string

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.node_type))
    error_message = "node_type is a type of ElastiCache, for instance cache.t4g.small."
  }
}

variable "replicas" {
  description = "Number of replicas beside the primary; with one or more they stand in several zones and take over by themselves."
  type        = number

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5 && floor(var.replicas) == var.replicas
    error_message = "A primary has 0 to 5 replicas."
  }
}

variable "engine_version" {
  description = "Version of Valkey, major and minor."
  type        = string
  default     = "9.0"

  validation {
    condition     = can(regex("^[89]\\.[0-9]+$", var.engine_version))
    error_message = "engine_version is Valkey 8.0 or later, as major.minor: older ones have other families of parameters, and the provider takes none beyond 9."
  }
}

variable "apply_immediately" {
  description = "Whether changes that interrupt happen now instead of in the maintenance window."
  type        = bool
  default     = false
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

variable "password_version" {
  description = "Raise it by one to give the services' user a new password."
  type        = number
  default     = 1
}

variable "log_days" {
  description = "Days that CloudWatch keeps the engine's log."
  type        = number
  default     = 14

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "log_days is one of CloudWatch's steps: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 ... days."
  }
}

variable "internal_domain" {
  description = "Domain of the internal DNS zone, for instance production.mercat.internal."
  type        = string
}

variable "zone_id" {
  description = "Id of the internal DNS zone, which gets the name valkey."
  type        = string
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms."
  type        = list(string)
  default     = []
}
