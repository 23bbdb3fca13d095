variable "environment" {
  description = "Whose it is: name begins each name, account_id."
  type        = object({ name = string, account_id = string })
}

variable "topic_arn" {
  description = "SNS topic for alarms."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of an SNS topic."
  }
}

variable "monthly_usd" {
  description = "What the environment may cost a month, in US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd >= 1 && floor(var.monthly_usd) == var.monthly_usd
    error_message = "monthly_usd is a whole number of dollars, at least 1."
  }
}

variable "anomaly_monitor_arn" {
  description = "An anomaly monitor that the account has already (AWS makes one for new accounts, and allows one); null makes one."
  type        = string
  default     = null

  validation {
    condition     = var.anomaly_monitor_arn == null || can(regex("^arn:aws:ce::[0-9]{12}:anomalymonitor/", var.anomaly_monitor_arn))
    error_message = "anomaly_monitor_arn is the ARN of a monitor: `aws ce get-anomaly-monitors` lists them."
  }
}

variable "allocation_tags" {
  description = "Tags that become columns of the bill; only the account that pays may switch them on, and only once resources bear them. Else []."
  type        = list(string)

  validation {
    condition     = alltrue([for tag in var.allocation_tags : can(regex("^[A-Za-z][A-Za-z0-9:/_-]*$", tag))]) && length(var.allocation_tags) == length(distinct(var.allocation_tags))
    error_message = "allocation_tags are keys of tags, each once: Project, Environment."
  }
}
