output "repository_urls" {
  description = "Address of each repository, without tag or digest, by its name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "cache_hosts" {
  description = "What to write instead of an upstream registry's host in an image's name, by that host."
  value = { for prefix, rule in aws_ecr_pull_through_cache_rule.this :
    rule.upstream_registry_url => "${local.key[4]}.dkr.ecr.${local.key[3]}.amazonaws.com/${prefix}"
  }
}
