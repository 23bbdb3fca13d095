variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role, internal_domain, the private zone."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string, internal_domain = string })
}

variable "cidr" {
  description = "Addresses of the VPC: a private /16 no other environment uses."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try("${cidrhost(var.cidr, 0)}/16" == var.cidr, false)
    error_message = "cidr: a /16 by its first address, for instance 10.30.0.0/16. The subnets are cut for that size."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "cidr: take private addresses (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)."
  }
}

variable "zones" {
  description = "The three availability zones, in the order of the subnets; the order is never changed later."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "zones: name exactly three different availability zones."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^${var.environment.region}[a-z]$", zone))])
    error_message = "zones: each zone is one of the region (region plus a letter, for instance eu-central-1a)."
  }
}

variable "nat_gateways" {
  description = "How many NAT gateways: 1 (cheap, one zone's outage cuts all) or 3 (one a zone)."
  type        = number

  validation {
    condition     = contains([1, 3], var.nat_gateways)
    error_message = "nat_gateways: 1 for one shared gateway, 3 for one in each zone."
  }
}

variable "interface_endpoints" {
  description = "Short names of the AWS services that get an interface endpoint, for instance \"ecr.api\"; empty means they are reached by NAT."
  type        = set(string)

  validation {
    condition     = length(setsubtract(var.interface_endpoints, keys(local.endpoint_services))) == 0
    error_message = "interface_endpoints: a name is unknown here. Correct it, or add the service to endpoint_services in endpoints.tf (S3 has its gateway endpoint already)."
  }
}

variable "endpoints_without_policy" {
  description = "Interface endpoints whose service accepts no endpoint policy in this region."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.endpoints_without_policy, var.interface_endpoints)) == 0
    error_message = "endpoints_without_policy: name only endpoints of interface_endpoints."
  }
}

variable "web_identity_role_arns" {
  description = "Roles of this account that a token of GitHub's opens from inside the VPC: those of the pipeline."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.web_identity_role_arns : startswith(arn, "arn:aws:iam::${var.environment.account_id}:role/mercat/") && !strcontains(arn, "*")])
    error_message = "web_identity_role_arns: roles of this account below /mercat/, each by its whole ARN."
  }
}

variable "public_download_arns" {
  description = "Objects of other accounts' public buckets in this region that pods may read (arn:aws:s3:::bucket/*), beside those built in."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.public_download_arns : can(regex("^arn:aws:s3:::[a-z0-9][a-z0-9.-]+/.+$", arn))])
    error_message = "public_download_arns: each is arn:aws:s3:::<a bucket's full name>/<objects>, for instance arn:aws:s3:::some-bucket/*."
  }
}

variable "control_plane_to_node_ports" {
  description = "Ports on nodes and pods the Kubernetes API calls: kubelet and many webhooks (10250), metrics-server (10251), other webhooks and metrics APIs (9443, 6443)."
  type        = set(number)
  default     = [6443, 9443, 10250, 10251]

  validation {
    condition     = contains(var.control_plane_to_node_ports, 10250) && alltrue([for port in var.control_plane_to_node_ports : port >= 1 && port <= 65535])
    error_message = "control_plane_to_node_ports: ports from 1 to 65535, and 10250 among them (logs and exec go by the kubelet)."
  }
}

variable "flow_log_days" {
  description = "Days that flow logs are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_days)
    error_message = "flow_log_days: one of the retentions CloudWatch Logs knows (14, 30, 90, 365, 731, ...). 0, for ever, is not one of ours."
  }
}

variable "logs_key_arn" {
  description = "KMS key of this region that encrypts log groups."
  type        = string

  validation {
    condition     = startswith(var.logs_key_arn, "arn:aws:kms:")
    error_message = "logs_key_arn: the ARN of a KMS key (arn:aws:kms:...)."
  }
}

variable "cluster_name" {
  description = "Name of the EKS cluster: Karpenter finds its subnets and its security group by it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,99}$", var.cluster_name))
    error_message = "cluster_name: 3 to 100 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cloudfront_port" {
  description = "Port on which CloudFront reaches the load balancer: 443, or 80 where the store has no domain and so no certificate."
  type        = number
  default     = 443

  validation {
    condition     = contains([80, 443], var.cloudfront_port)
    error_message = "cloudfront_port: 443, or 80."
  }
}
