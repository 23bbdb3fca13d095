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

variable "groups" {
  description = "ARNs of roles by the group that their members are in (mercat:<name>): developers, operators, emergency, deployers, auditors."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.groups), ["developers", "operators", "emergency", "deployers", "auditors"])) == 0
    error_message = "groups are developers, operators, emergency, deployers and auditors, as in deploy/charts/access/values.yaml."
  }
  validation {
    condition     = alltrue([for arn in flatten(values(var.groups)) : can(regex("^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "groups hold ARNs of IAM roles: no users, no account root, no session (arn:aws:sts::...:assumed-role)."
  }
  validation {
    condition     = alltrue([for arn in lookup(var.groups, "emergency", []) : length(transpose(var.groups)[arn]) == 1])
    error_message = "A role of emergency is in no other group: it is taken for an hour, and what it does is an emergency's."
  }
}
