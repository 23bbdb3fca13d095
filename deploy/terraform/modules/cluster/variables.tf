variable "name" {
  description = "Name of the cluster and the beginning of every other name: for instance \"mercat-production\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,28}$", var.name))
    error_message = "name is 3 to 29 characters: lower-case letters, digits and hyphens, a letter first (a node group adds 34 and may have 63)."
  }
}

variable "region" {
  description = "Region of the cluster, for instance \"eu-central-1\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is an AWS region such as eu-central-1."
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

variable "kubernetes_version" {
  description = "Minor version of Kubernetes, one that EKS has in standard support: for instance \"1.36\"."
  type        = string

  validation {
    condition     = can(regex("^1\\.(3[4-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version is a minor version such as 1.36, without a patch, which EKS chooses. 1.33 and older have left EKS's standard support."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the nodes and of the control plane's interfaces, one per zone."
  type        = list(string)

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "subnet_ids needs subnets of at least two zones; EKS takes no cluster with less."
  }
}

variable "service_cidr" {
  description = "Network of the Kubernetes services, outside the VPC's; it cannot be changed later."
  type        = string
  default     = "172.20.0.0/16"

  validation {
    condition     = can(cidrhost(var.service_cidr, 1)) && can(regex("/(1[2-9]|2[0-4])$", var.service_cidr))
    error_message = "service_cidr is a private IPv4 network between /12 and /24, for instance 172.20.0.0/16."
  }
}

variable "control_plane_security_group_id" {
  description = "Security group of the control plane's interfaces; its rules and the nodes' admit each other."
  type        = string

  validation {
    condition     = startswith(var.control_plane_security_group_id, "sg-")
    error_message = "control_plane_security_group_id is the id of a security group (sg-...)."
  }
}

variable "node_security_group_id" {
  description = "Security group of every node, the only one they bear."
  type        = string

  validation {
    condition     = startswith(var.node_security_group_id, "sg-")
    error_message = "node_security_group_id is the id of a security group (sg-...)."
  }
}

variable "cluster_key_arn" {
  description = "KMS key of the Kubernetes secrets and of the nodes' and the pods' volumes."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.cluster_key_arn))
    error_message = "cluster_key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "logs_key_arn" {
  description = "KMS key of the control plane's logs and of operators' sessions on nodes."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs_key_arn))
    error_message = "logs_key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "log_days" {
  description = "How long the control plane's logs are kept, in days."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "log_days is one of the retentions CloudWatch Logs knows: 14, 30, 90, 365, 731 and so on; never 0, which keeps for ever."
  }
}

variable "public_access_cidrs" {
  description = "Networks that may reach the Kubernetes API over the internet; empty: the endpoint is private."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrhost(cidr, 0)) && can(regex("^[0-9.]+/(1[6-9]|2[0-9]|3[0-2])$", cidr))])
    error_message = "public_access_cidrs are IPv4 networks of your own, /16 or smaller; never 0.0.0.0/0 nor halves of it."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds what the roles may ever do, made by the bootstrap."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of a managed policy of the account."
  }
}

variable "deletion_protection" {
  description = "Whether EKS refuses to delete the cluster until this is false."
  type        = bool
}

variable "tags" {
  description = "Tags of what the launch template starts and of the pods' volumes, which the provider's default tags do not reach."
  type        = map(string)
}
