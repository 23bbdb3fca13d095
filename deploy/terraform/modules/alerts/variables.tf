variable "environment" {
  description = "Whose it is: name begins each name, account_id, boundary_arn bounds each role."
  type        = object({ name = string, account_id = string, boundary_arn = string })
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
