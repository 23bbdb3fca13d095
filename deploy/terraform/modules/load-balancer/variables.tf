variable "environment" {
  description = "Whose it is: name begins each name."
  type        = object({ name = string })
}

variable "vpc_id" {
  description = "The VPC of the pods."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, one in each zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids: at least two subnets, in different zones, so that one zone's outage leaves a way in."
  }
}

variable "security_group_id" {
  description = "Security group that admits CloudFront on the listener's port and nobody else."
  type        = string
}

variable "zone_id" {
  description = "Public DNS zone that gets the record of origin_domain; null without one."
  type        = string
}

variable "origin_domain" {
  description = "Name by which CloudFront calls the load balancer, for instance \"origin.shop.example.com\"; null: by AWS's name, on 80."
  type        = string

  validation {
    condition     = var.origin_domain == null ? var.zone_id == null : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.){2,}[a-z]{2,}$", var.origin_domain))
    error_message = "origin_domain: a lower-case domain name below the shop's own, without a dot at its end; null together with zone_id."
  }
}

variable "logs_bucket" {
  description = "Name of the bucket for access logs; its policy lets the log delivery service write."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.logs_bucket))
    error_message = "logs_bucket: the name of a bucket, not its ARN."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
}
