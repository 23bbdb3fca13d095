# A required check that nobody reports blocks every merge, so main demands those of lists.tf that a workflow has a job for.
# A job reports under its name, or its key in the file (not so a matrix, nor a job that calls another workflow).
locals {
  workflows = "${path.module}/${var.workflows}"
  reported_checks = toset(flatten([for name in fileset(local.workflows, "*.{yml,yaml}") : [
    for key, job in yamldecode(file("${local.workflows}/${name}")).jobs : try(job.name, key)
  ]]))
  demanded_checks = setintersection(local.required_checks, local.reported_checks)
}

# A warning, not an error: the repository comes before its workflows.
check "checks_are_reported" {
  assert {
    condition     = length(local.demanded_checks) == length(local.required_checks)
    error_message = "main does not demand what no job in .github/workflows reports: ${join(", ", setsubtract(local.required_checks, local.demanded_checks))}."
  }
}
