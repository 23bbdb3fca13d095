variable "system_nodes" {
  description = "The system node group: instance types (arm64), fewest and most nodes, GiB of disk, and a Bottlerocket release (null: the newest when the group or the version changes)."
  type = object({
    instance_types  = list(string)
    min             = number
    max             = number
    disk_gb         = optional(number, 50)
    release_version = optional(string)
  })

  validation {
    condition     = length(var.system_nodes.instance_types) > 0 && alltrue([for type in var.system_nodes.instance_types : can(regex("^[a-z]+[0-9]+g[a-z]*\\.", type))])
    error_message = "system_nodes.instance_types are Graviton types such as m7g.large or t4g.medium: the image is for arm64."
  }
  validation {
    condition     = var.system_nodes.min >= 2 && var.system_nodes.max >= var.system_nodes.min
    error_message = "system_nodes.min is at least 2, so that DNS and Karpenter survive the loss of one, and max is not below min."
  }
  validation {
    condition     = var.system_nodes.disk_gb >= 20 && var.system_nodes.disk_gb <= 500
    error_message = "system_nodes.disk_gb lies between 20 and 500 GiB."
  }
}

variable "addons" {
  description = "EKS add-ons by name, each with its version or null (EKS's default for the Kubernetes version at installation)."
  type        = map(string)
  default = {
    "aws-ebs-csi-driver"        = null
    "coredns"                   = null
    "eks-node-monitoring-agent" = null
    "eks-pod-identity-agent"    = null
    "kube-proxy"                = null
    "metrics-server"            = null
    "snapshot-controller"       = null
    "vpc-cni"                   = null
  }

  validation {
    condition = length(setsubtract(keys(var.addons), [
      "aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "snapshot-controller", "vpc-cni",
    ])) == 0
    error_message = "addons knows the eight add-ons of the default; another one needs its configuration and identity in addons.tf first."
  }
  validation {
    condition     = length(setsubtract(["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"], keys(var.addons))) == 0
    error_message = "addons needs coredns, eks-pod-identity-agent, kube-proxy and vpc-cni: without them no pod gets a network, a name or a role."
  }
  validation {
    condition     = alltrue([for version in values(var.addons) : version == null || can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", version))])
    error_message = "A version of an add-on looks like v1.21.1-eksbuild.1, or is null."
  }
}

variable "session_log_group" {
  description = "Log group of operators' sessions (module sessions), which nodes write to; null: sessions are not logged."
  type        = string
  default     = null

  validation {
    condition     = var.session_log_group == null || can(regex("^[A-Za-z0-9_/.#-]+$", var.session_log_group))
    error_message = "session_log_group is the name of one log group, without wildcards."
  }
}
