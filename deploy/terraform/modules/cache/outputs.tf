output "primary_endpoint" {
  description = "Address of the primary, which also follows a failover."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "reader_endpoint" {
  description = "Address that spreads reads over the replicas."
  value       = aws_elasticache_replication_group.this.reader_endpoint_address
}

output "internal_host" {
  description = "Name of the primary in the internal zone, for people and tools: it does not stand in the certificate."
  value       = aws_route53_record.this.name
}

output "secret_arn" {
  description = "ARN of the secret with url, host, port, username and password."
  value       = aws_secretsmanager_secret.this.arn
}

output "arn" {
  description = "ARN of the replication group."
  value       = aws_elasticache_replication_group.this.arn
}
