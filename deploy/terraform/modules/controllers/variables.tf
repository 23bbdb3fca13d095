variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string })
}

variable "cluster_name" {
  description = "Name of the EKS cluster the controllers run in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.cluster_name))
    error_message = "cluster_name is the name of the environment's cluster, for instance \"mercat-production\"."
  }
}

variable "zone_arns" {
  description = "Public hosted zones in which external-dns keeps records and cert-manager answers challenges; none: neither gets an identity."
  type        = list(string)

  validation {
    condition     = alltrue([for arn in var.zone_arns : can(regex("^arn:aws:route53:::hostedzone/[A-Z0-9]+$", arn))])
    error_message = "zone_arns are ARNs of single hosted zones (arn:aws:route53:::hostedzone/Z...), without wildcards."
  }
}

variable "secrets_arn_prefix" {
  description = "Secrets that external-secrets may read, as one ARN that ends in a wildcard: ...:secret:mercat/production/*."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+/\\*$", var.secrets_arn_prefix))
    error_message = "secrets_arn_prefix is arn:aws:secretsmanager:<region>:<account>:secret:<project>/<environment>/*, no wider."
  }
}

variable "data_key_arn" {
  description = "KMS key of the secrets and of the backups' bucket."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.data_key_arn))
    error_message = "data_key_arn is the ARN of a KMS key (not of an alias)."
  }
}

variable "backups_bucket_arn" {
  description = "Bucket velero keeps its backups in."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:s3:::[a-z0-9.-]+$", var.backups_bucket_arn))
    error_message = "backups_bucket_arn is the ARN of one bucket, without a path."
  }
}

variable "snapshots_bucket_arn" {
  description = "Bucket Elasticsearch keeps its snapshots in."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:s3:::[a-z0-9.-]+$", var.snapshots_bucket_arn)) && var.snapshots_bucket_arn != var.backups_bucket_arn
    error_message = "snapshots_bucket_arn is the ARN of one bucket, without a path, and not that of the backups: Elasticsearch deletes in it."
  }
}
