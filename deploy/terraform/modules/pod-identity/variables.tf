variable "name" {
  description = "Name of the role, beginning with the environment's name: for instance \"mercat-production-external-dns\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name))
    error_message = "name is 3 to 64 characters: lower-case letters, digits and hyphens, a letter first (64 is IAM's limit)."
  }
}

variable "cluster_name" {
  description = "Name of the EKS cluster the service account lives in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.cluster_name))
    error_message = "cluster_name is the name of the environment's cluster, for instance \"mercat-production\"."
  }
}

variable "cluster_arn" {
  description = "ARN of the cluster, where the caller knows it; null: the cluster of this name in any region of the account."
  type        = string
  default     = null

  validation {
    condition     = var.cluster_arn == null || can(regex("^arn:aws:eks:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn is an ARN such as arn:aws:eks:eu-central-1:111111111111:cluster/mercat-production, or null."
  }
}

variable "account_id" {
  description = "Number of the AWS account, 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is 12 digits."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the service account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace is a Kubernetes name, without wildcards: one role serves one service account."
  }
}

variable "service_account" {
  description = "Name of the Kubernetes service account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.service_account))
    error_message = "service_account is a Kubernetes name, without wildcards: one role serves one service account."
  }
}

variable "policy" {
  description = "The role's own permissions as JSON; null: none of its own."
  type        = string
  default     = null

  validation {
    condition = var.policy == null || try(alltrue(flatten([
      for statement in jsondecode(var.policy).Statement : [
        for action in flatten([statement.Action]) : can(regex("^[a-z0-9-]+:[A-Z]", action))
      ] if statement.Effect == "Allow"
    ])), false)
    error_message = "Every statement that allows must name its actions: no \"*\", no \"service:*\", no NotAction."
  }
}

variable "managed_policy_arns" {
  description = "Managed policies the role gets beside its own."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for arn in var.managed_policy_arns :
      can(regex("^arn:aws:iam::(aws|[0-9]{12}):policy/", arn)) && !endswith(arn, "/AdministratorAccess") && !endswith(arn, "/PowerUserAccess")
    ])
    error_message = "managed_policy_arns are ARNs of managed policies; a pod never is an administrator of the account."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds what the role may ever do, made by the bootstrap."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of a managed policy of the account."
  }
}

variable "associate" {
  description = "Whether the association is made here; false where an EKS add-on makes its own with this role."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Further tags of the role and the association, for instance { Service = \"catalog\" }."
  type        = map(string)
  default     = {}
}
