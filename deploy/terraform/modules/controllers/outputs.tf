output "role_arns" {
  description = "Role of each controller by its name."
  value       = { for controller, identity in module.identity : controller => identity.role_arn }
}

output "service_accounts" {
  description = "Namespace and service account of each controller, which its chart must use."
  value       = local.service_accounts
}
