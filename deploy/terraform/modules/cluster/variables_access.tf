variable "administrators" {
  description = "ARNs of the roles that administer the whole cluster: the pipeline's and the people's."
  type        = list(string)

  validation {
    condition     = length(var.administrators) > 0
    error_message = "administrators must not be empty: nobody else, not even the cluster's maker, could reach the API."
  }
  validation {
    condition     = alltrue([for arn in var.administrators : can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "administrators are ARNs of IAM roles: no users, no account root, no session (arn:aws:sts::...:assumed-role)."
  }
}

variable "deployers" {
  description = "Roles that deploy, by ARN, each with the namespaces it may edit."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = alltrue([for arn in keys(var.deployers) : can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "deployers are keyed by ARNs of IAM roles: no users, no account root, no session."
  }
  validation {
    condition = alltrue(flatten([
      for namespaces in values(var.deployers) : concat([length(namespaces) > 0], [
        for namespace in namespaces : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", namespace)) && !startswith(namespace, "kube-")
      ])
    ]))
    error_message = "Each deployer needs namespaces by name: no wildcards, and none of Kubernetes' own (kube-...), which are the administrators'."
  }
}
