variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role, log_days."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string, log_days = number })
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

variable "public_access_cidrs" {
  description = "Networks that may reach the Kubernetes API over the internet; empty: the endpoint is private."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrhost(cidr, 0)) && can(regex("^[0-9.]+/(1[6-9]|2[0-9]|3[0-2])$", cidr))])
    error_message = "public_access_cidrs are IPv4 networks of your own, /16 or smaller; never 0.0.0.0/0 nor halves of it."
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
