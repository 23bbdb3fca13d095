variable "name" {
  description = "First part of every name, for instance mercat-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name is 3 to 31 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "account_id" {
  description = "Account of the environment, 12 digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is 12 digits."
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

variable "key_arn" {
  description = "KMS key that encrypts the topic; its policy lets the publishing services use it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is of a key of the environment: the services cannot publish under AWS's own alias/aws/sns."
  }
}

variable "emails" {
  description = "Addresses that get every alarm; each has to confirm the mail that AWS sends it once."
  type        = list(string)

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "emails are addresses of people or lists: team@example.com."
  }
}

variable "slack" {
  description = "Slack's workspace (T...) and channel (C... or G...); null: no Slack. The workspace is authorised once in the AWS console before."
  type        = object({ team_id = string, channel_id = string })
  default     = null

  validation {
    condition     = var.slack == null || (can(regex("^T[A-Z0-9]+$", var.slack.team_id)) && can(regex("^[CG][A-Z0-9]+$", var.slack.channel_id)))
    error_message = "slack is { team_id = \"T...\", channel_id = \"C...\" }: ids, not names."
  }

  validation {
    condition     = var.slack != null || length(var.emails) > 0
    error_message = "Alarms must reach somebody: give emails, slack, or both."
  }
}

variable "chatbot_region" {
  description = "Where the Slack configuration is written: the service has an interface in four regions only, whichever the topic is in."
  type        = string
  default     = "eu-west-1"

  validation {
    condition     = contains(["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"], var.chatbot_region)
    error_message = "chatbot_region is us-east-2, us-west-2, eu-west-1 or ap-southeast-1."
  }
}
