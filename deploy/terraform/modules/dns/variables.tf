variable "environment" {
  description = "Whose it is: name begins each name, account_id."
  type        = object({ name = string, account_id = string })
}

variable "domain" {
  description = "The environment's domain, for instance \"staging.shop.example.com\"."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain: a lower-case domain name without a dot at its end."
  }
}

variable "delegated" {
  description = "Whether the parent zone points to this one already; false on the very first apply, which then does not wait for the certificate."
  type        = bool
  default     = true
}

variable "delegations" {
  description = "Zones below this one that live in other accounts: label => their name servers and, with DNSSEC, their ds_record."
  type = map(object({
    name_servers = list(string)
    ds_record    = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for label, child in var.delegations : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", label)) && length(child.name_servers) >= 2])
    error_message = "delegations: each key is one label (\"staging\"), each value names at least two name servers."
  }

  validation {
    condition     = alltrue([for child in values(var.delegations) : child.ds_record == null || can(regex("^[0-9]+ [0-9]+ [0-9]+ [0-9A-Fa-f]+$", child.ds_record))])
    error_message = "delegations: ds_record is \"<key tag> <algorithm> <digest type> <digest>\", as this module's output of the child has it."
  }
}

variable "certificate_authorities" {
  description = "Who may issue certificates for the domain, by the names used in CAA records."
  type        = set(string)
  default     = ["amazon.com", "letsencrypt.org"]

  validation {
    condition     = contains(var.certificate_authorities, "amazon.com") && contains(var.certificate_authorities, "letsencrypt.org")
    error_message = "certificate_authorities: amazon.com (CloudFront's certificate) and letsencrypt.org (Traefik's) must stay among them."
  }
}

variable "dnssec" {
  description = "Whether the zone is signed; then give ds_record to the parent."
  type        = bool
  default     = false
  nullable    = false
}

variable "query_logging" {
  description = "Whether DNS queries are logged."
  type        = bool
  default     = false
  nullable    = false
}

variable "query_log_days" {
  description = "Days that query logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.query_log_days)
    error_message = "query_log_days: one of the retentions CloudWatch Logs knows (14, 30, 90, 365, 731, ...)."
  }
}

variable "force_destroy" {
  description = "Whether a destroy also deletes records Terraform did not make (external-dns, cert-manager)."
  type        = bool
  default     = false
}
