output "arns" {
  description = "The key of each purpose: data, logs, cluster."
  value       = { for purpose, key in aws_kms_key.this : purpose => key.arn }
}

output "aliases" {
  description = "The alias of each purpose's key, for people and scripts."
  value       = { for purpose, alias in aws_kms_alias.this : purpose => alias.name }
}
