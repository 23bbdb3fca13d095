output "role_arns" {
  description = "Role of each service by its name."
  value       = { for service, identity in module.identity : service => identity.role_arn }
}
