variable "environment" {
  description = "Whose it is: name begins each name, account_id, boundary_arn bounds each role."
  type        = object({ name = string, account_id = string, boundary_arn = string })
}

variable "cluster_name" {
  description = "Name of the EKS cluster the services run in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.cluster_name))
    error_message = "cluster_name is the name of the environment's cluster, for instance \"mercat-production\"."
  }
}

variable "services" {
  description = "Services of the store; each runs by the service account of its name."
  type        = set(string)

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z][a-z0-9-]{0,24}$", service))])
    error_message = "services are names of at most 25 lower-case letters, digits and hyphens: they become part of roles' names."
  }
}

variable "media_services" {
  description = "Services that keep images in the media bucket."
  type        = set(string)
  default     = ["catalog"]

  validation {
    condition     = length(setsubtract(var.media_services, var.services)) == 0
    error_message = "media_services must be among services: a right for a service that is not there was meant for another."
  }
}

variable "mail_services" {
  description = "Services that send mail."
  type        = set(string)
  default     = ["orders"]

  validation {
    condition     = length(setsubtract(var.mail_services, var.services)) == 0
    error_message = "mail_services must be among services: a right for a service that is not there was meant for another."
  }
}

variable "media_bucket_arn" {
  description = "Bucket of the products' images."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:s3:::[a-z0-9.-]+$", var.media_bucket_arn))
    error_message = "media_bucket_arn is the ARN of one bucket, without a path."
  }
}

variable "data_key_arn" {
  description = "KMS key of the media bucket."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.data_key_arn))
    error_message = "data_key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "mail_identity_arn" {
  description = "SES identity (the domain, or one address) mail is sent from."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:ses:[a-z0-9-]+:[0-9]{12}:identity/[A-Za-z0-9.@+_-]+$", var.mail_identity_arn))
    error_message = "mail_identity_arn is the ARN of one identity, without wildcards."
  }
}
