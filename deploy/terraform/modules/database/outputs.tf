output "host" {
  description = "Address of the primary: the name in its certificate, to connect by with sslmode=verify-full."
  value       = aws_db_instance.this.address
}

output "reader_host" {
  description = "Address of the first read replica; null without replicas."
  value       = length(local.replicas) > 0 ? aws_db_instance.replica["1"].address : null
}

output "ca_bundle_url" {
  description = "Where AWS publishes the certificate authorities that clients verify the server by."
  value       = "https://truststore.pki.rds.amazonaws.com/${local.region}/${local.region}-bundle.pem"
}

output "master_secret_arn" {
  description = "ARN of the master user's secret, which the job that makes databases and roles reads."
  value       = aws_secretsmanager_secret.master.arn
}

output "service_secret_arns" {
  description = "ARN of the secret of each service's runtime role, by service."
  value       = { for service in var.services : service => aws_secretsmanager_secret.service["${service}/database"].arn }
}

output "instance_arn" {
  description = "ARN of the primary, for modules/backup."
  value       = aws_db_instance.this.arn
}
