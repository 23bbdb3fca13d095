variable "name" {
  description = "First part of every name, for instance mercat-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name is 3 to 31 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "region" {
  description = "Region of the environment, for instance eu-central-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the id of an AWS region: eu-central-1."
  }
}

variable "domain" {
  description = "Domain in whose name the store writes, for instance shop.example.com; null: it writes from the postmaster's address, to addresses that SES has verified."
  type        = string

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a host name in lower case: shop.example.com."
  }
}

variable "zone_id" {
  description = "Hosted zone of the domain, where the records for DKIM, SPF and DMARC are written; null without one."
  type        = string
}

variable "topic_arn" {
  description = "SNS topic for alarms, and for bounces and complaints unless feedback_topic_arn is given."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of an SNS topic."
  }
}

variable "feedback_topic_arn" {
  description = "Another SNS topic for bounces and complaints, which name the recipient; null: topic_arn."
  type        = string
  default     = null

  validation {
    condition     = var.feedback_topic_arn == null || can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.feedback_topic_arn))
    error_message = "feedback_topic_arn is the ARN of an SNS topic."
  }
}

variable "postmaster" {
  description = "Address that gets the receivers' daily reports about mail in the domain's name; without a domain the store's own."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s;,]+@[^@\\s;,]+\\.[^@\\s;,]+$", var.postmaster))
    error_message = "postmaster is one address: dmarc@example.com."
  }
}

variable "dmarc_policy" {
  description = "What receivers do with mail in the domain's name that is not ours: none, quarantine or reject."
  type        = string
  default     = "quarantine"

  validation {
    condition     = contains(["none", "quarantine", "reject"], var.dmarc_policy)
    error_message = "dmarc_policy is none, quarantine or reject."
  }
}

variable "text_records" {
  description = "Further TXT values at the domain itself, such as another service's proof of ownership: a name has one set of TXT records."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for text in var.text_records : !startswith(lower(text), "v=spf1") && length(text) <= 255])
    error_message = "text_records hold no second SPF (that makes both void) and no value of more than 255 characters."
  }
}

variable "dkim_domain" {
  description = "Where SES publishes its public keys; some regions younger than 2020 have one of their own (see SES's endpoints)."
  type        = string
  default     = "dkim.amazonses.com"

  validation {
    condition     = can(regex("^dkim\\.([a-z0-9-]+\\.)?amazonses\\.com$", var.dkim_domain))
    error_message = "dkim_domain is dkim.amazonses.com or dkim.<region>.amazonses.com."
  }
}

variable "secrets_prefix" {
  description = "First part of the secrets' names, for instance mercat/production."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9/-]*[a-z0-9]$", var.secrets_prefix))
    error_message = "secrets_prefix is lower-case letters, digits, hyphens and slashes, without a slash at either end."
  }
}

variable "secret_recovery_days" {
  description = "Days in which a deleted secret can be had back: 7 to 30."
  type        = number

  validation {
    condition     = var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30
    error_message = "secret_recovery_days is 7 to 30."
  }
}

variable "key_arn" {
  description = "KMS key that encrypts the secret."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a KMS key."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds every identity that Terraform makes."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}
