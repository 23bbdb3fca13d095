output "endpoint" {
  description = "Address and port of the primary, address:5432."
  value       = aws_db_instance.this.endpoint
}

output "host" {
  description = "Address of the primary: the name in its certificate, to connect by with sslmode=verify-full."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Port of the primary and the replicas."
  value       = aws_db_instance.this.port
}

output "reader_host" {
  description = "Address of the first read replica; null without replicas."
  value       = length(local.replicas) > 0 ? aws_db_instance.replica["1"].address : null
}

output "reader_hosts" {
  description = "Addresses of all read replicas, to list in a connection string that tries one after the other."
  value       = [for number in keys(local.replicas) : aws_db_instance.replica[number].address]
}

output "internal_host" {
  description = "Name of the primary in the internal zone, for people and tools: it does not stand in the certificate."
  value       = aws_route53_record.primary.name
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

output "owner_secret_arns" {
  description = "ARN of the secret of each service's owner role, by service: for its migrations only."
  value       = { for service in var.services : service => aws_secretsmanager_secret.service["${service}/database-owner"].arn }
}

output "instance_arn" {
  description = "ARN of the primary, for modules/backup."
  value       = aws_db_instance.this.arn
}

output "identifier" {
  description = "Identifier of the primary."
  value       = aws_db_instance.this.identifier
}
