output "roles" {
  description = "The roles of GitHub Actions in this account, by task."
  value       = { for task, role in aws_iam_role.this : task => role.arn }
}

output "boundary_arn" {
  description = "The permissions boundary of every role of the store."
  value       = aws_iam_policy.boundary.arn
}

output "state_bucket" {
  description = "Name of the bucket that keeps the state of every layer."
  value       = module.state.id
}

output "backend_hcl" {
  description = "What live/<environment>/backend.hcl must say."
  value       = <<-EOT
    # The state of every layer of this environment; made by bootstrap, which prints these lines.
    bucket = "${local.environment.state_bucket}"
    region = "${local.region}"
  EOT
}

output "backend_tf" {
  description = "Where this root's own state moves to once the bucket stands: the content of backend.tf, see README."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${local.environment.state_bucket}"
        key          = "bootstrap.tfstate"
        region       = "${local.region}"
        use_lockfile = true
      }
    }
  EOT
}
