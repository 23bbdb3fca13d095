variable "environment" {
  description = "Whose it is: name begins each name, region, boundary_arn bounds each role, secrets_prefix begins each secret's name, secret_days, in which a deleted secret can be had back."
  type        = object({ name = string, region = string, boundary_arn = string, secrets_prefix = string, secret_days = number })
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
  description = "SNS topic for alarms, and for bounces and complaints."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of an SNS topic."
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

variable "key_arn" {
  description = "KMS key that encrypts the secret."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is the ARN of a KMS key."
  }
}
