variable "environment" {
  description = "Whose it is: name begins each name, log_days, secrets_prefix begins each secret's name, secret_days, in which a deleted secret can be had back, internal_domain, the private zone."
  type        = object({ name = string, log_days = number, secrets_prefix = string, secret_days = number, internal_domain = string })
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

variable "password_version" {
  description = "Raise it by one to give the services' user a new password."
  type        = number
  default     = 1
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
