output "repository" {
  description = "Where the repository is."
  value       = github_repository.this.html_url
}

output "repository_id" {
  description = "The repository's number, which the OIDC subjects of repositories made since July 2026 hold: for settings/organisation.tf, github.repository_id."
  value       = github_repository.this.repo_id
}

output "roles" {
  description = "The AWS roles that the jobs of each environment may take on."
  value       = local.roles
}
