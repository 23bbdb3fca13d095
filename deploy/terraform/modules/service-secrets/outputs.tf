output "secret_arns" {
  description = "ARN of each service's secret, by service."
  value       = { for service, secret in aws_secretsmanager_secret.settings : service => secret.arn }
}
