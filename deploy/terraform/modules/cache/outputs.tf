output "primary_endpoint" {
  description = "Address of the primary, which also follows a failover."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}
