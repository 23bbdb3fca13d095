variable "visibility" {
  description = "Who can see the repository: private, internal (GitHub Enterprise) or public."
  type        = string
  default     = "private"

  validation {
    condition     = contains(["private", "internal", "public"], var.visibility)
    error_message = "visibility is private, internal or public."
  }
}

variable "secret_protection" {
  description = "Whether pushes are searched for secrets; false only for a private repository without GitHub's paid Secret Protection."
  type        = bool
  default     = true

  validation {
    condition     = var.secret_protection || var.visibility != "public"
    error_message = "secret_protection costs nothing in a public repository, where a pushed secret is read within minutes: leave it true."
  }
}

variable "approvals" {
  description = "How many people besides the author approve a pull request."
  type        = number
  default     = 1

  validation {
    condition     = var.approvals >= 1 && var.approvals <= 6
    error_message = "approvals is 1 to 6: nobody merges alone."
  }
}

variable "merge_queue" {
  description = "Whether merges wait in a queue, each tested on top of those before it; in a private repository that takes GitHub Enterprise Cloud."
  type        = bool
  default     = false
}

variable "production_wait_minutes" {
  description = "Minutes between the approval of a deployment to production and its start: the time to call it back."
  type        = number
  default     = 10

  validation {
    condition     = var.production_wait_minutes >= 0 && var.production_wait_minutes <= 43200
    error_message = "production_wait_minutes is 0 to 43200 (30 days)."
  }
}

variable "workflows" {
  description = "Folder of the repository's workflows, seen from this one: main demands the checks of lists.tf that they report."
  type        = string
  default     = "../../../.github/workflows"
}
