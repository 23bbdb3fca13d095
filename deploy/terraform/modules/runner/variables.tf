variable "environment" {
  description = "Whose it is: name begins each name, account_id, region, boundary_arn bounds each role, log_days."
  type        = object({ name = string, account_id = string, region = string, boundary_arn = string, log_days = number })
}

variable "repository" {
  description = "GitHub's repository whose jobs run here, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository is owner/name, without https://github.com/."
  }
}

variable "workflows" {
  description = "Names of the workflows whose jobs may start a container, letter by letter: those that GitHub shows, also of jobs that a called workflow has."
  type        = list(string)

  validation {
    condition     = length(var.workflows) > 0 && alltrue([for name in var.workflows : can(regex("^[A-Za-z0-9 _-]+$", name))])
    error_message = "workflows are names of workflows: letters, digits, spaces, _ and -, no pattern."
  }
}

variable "connected" {
  description = "Whether a person has admitted the connection to GitHub in the console; until then there is no project, because AWS refuses its webhook."
  type        = bool
}

variable "vpc_id" {
  description = "The VPC of the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets with a way out by NAT: containers have no public address."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids names at least one private subnet."
  }
}

variable "security_group_id" {
  description = "Security group of the containers (modules/network, runner)."
  type        = string
}

variable "logs_key_arn" {
  description = "KMS key that encrypts the log."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs_key_arn))
    error_message = "logs_key_arn is the ARN of a KMS key (not of an alias)."
  }
}
