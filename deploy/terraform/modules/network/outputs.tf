output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Public subnets (load balancer, NAT), in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Private subnets (nodes, pods, Kubernetes API), in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "database_subnet_ids" {
  description = "Subnets without a route out (PostgreSQL, Valkey), in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.database[zone].id]
}

output "security_group_ids" {
  description = "Security groups: load_balancer, nodes, control_plane, database, cache, endpoints, runner."
  value       = { for group, _ in local.groups : group => aws_security_group.this[group].id }
}

output "internal_zone_id" {
  description = "Private DNS zone of the VPC."
  value       = aws_route53_zone.internal.zone_id
}

output "nat_public_ips" {
  description = "Addresses the cluster calls the world from, for the allow-lists of others."
  value       = [for zone in var.zones : aws_eip.nat[zone].public_ip if contains(local.nat_zones, zone)]
}

output "cloudfront_cidrs" {
  description = "Addresses that CloudFront calls origins from."
  value       = sort([for entry in data.aws_ec2_managed_prefix_list.cloudfront.entries : entry.cidr])
}
