output "service_accounts" {
  description = "Namespace and service account of each controller, which its chart must use."
  value       = local.service_accounts
}
