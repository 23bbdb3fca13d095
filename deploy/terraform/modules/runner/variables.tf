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

variable "account_id" {
  description = "Number of the AWS account, 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is 12 digits."
  }
}

variable "repository" {
  description = "GitHub's repository whose jobs run here, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository is owner/name, without https://github.com/."
  }
}

variable "workflow" {
  description = "Name of the one workflow whose jobs may start a container, letter by letter."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9 _-]+$", var.workflow))
    error_message = "workflow is the workflow's name: letters, digits, spaces, _ and -, no pattern."
  }
}

variable "connected" {
  description = "Whether a person has admitted the connection to GitHub in the console; until then there is no project, because AWS refuses its webhook."
  type        = bool
}

variable "image" {
  description = "Container of the jobs, one of CodeBuild's own for ARM."
  type        = string
  default     = "aws/codebuild/amazonlinux-aarch64-standard:3.0"

  validation {
    condition     = startswith(var.image, "aws/codebuild/amazonlinux-aarch64-")
    error_message = "image is one of CodeBuild's own for ARM: aws/codebuild/amazonlinux-aarch64-standard:3.0."
  }
}

variable "minutes" {
  description = "Minutes after which a job is ended."
  type        = number
  default     = 60

  validation {
    condition     = var.minutes >= 5 && var.minutes <= 120
    error_message = "minutes is 5 to 120: a forgotten job costs by the minute."
  }
}

variable "jobs_at_once" {
  description = "Containers that run at the same time; more jobs wait."
  type        = number
  default     = 3

  validation {
    condition     = var.jobs_at_once >= 1 && var.jobs_at_once <= 10
    error_message = "jobs_at_once is 1 to 10."
  }
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

variable "log_days" {
  description = "Days for which the log is kept."
  type        = number

  validation {
    condition     = contains([14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2557, 3653], var.log_days)
    error_message = "log_days is a period that CloudWatch Logs offers, at least 14."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds what the role may ever do, made by the bootstrap."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of a managed policy of the account."
  }
}
