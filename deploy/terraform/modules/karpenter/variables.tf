variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string })
}

variable "cluster_name" {
  description = "Name of the EKS cluster whose nodes Karpenter makes."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.cluster_name))
    error_message = "cluster_name is the name of the environment's cluster; it becomes part of the conditions, so no wildcards."
  }
}

variable "cluster_arn" {
  description = "ARN of the cluster; null: the cluster of this name in the region and account."
  type        = string
  default     = null

  validation {
    condition     = var.cluster_arn == null || can(regex("^arn:aws:eks:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn is an ARN such as arn:aws:eks:eu-central-1:111111111111:cluster/mercat-production, or null."
  }
}

variable "node_role_arn" {
  description = "Role of the nodes: the only role Karpenter may give to an instance."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.node_role_arn))
    error_message = "node_role_arn is the ARN of one role, without wildcards."
  }
}

variable "queue_key_arn" {
  description = "KMS key of the interruption queue; its policy must let events.amazonaws.com use it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.queue_key_arn))
    error_message = "queue_key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "volume_key_arn" {
  description = "KMS key the node class encrypts volumes with; null: the account's default key for EBS."
  type        = string
  default     = null

  validation {
    condition     = var.volume_key_arn == null || can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.volume_key_arn))
    error_message = "volume_key_arn is the ARN of a KMS key (not of an alias), or null."
  }
}
