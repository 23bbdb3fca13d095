output "arn" {
  description = "The load balancer."
  value       = aws_lb.this.arn
}

output "target_group_arn" {
  description = "The target group a TargetGroupBinding in the cluster fills with Traefik's pods."
  value       = aws_lb_target_group.traefik.arn
}

output "origin_domain" {
  description = "Name by which CloudFront calls the load balancer."
  value       = coalesce(one(aws_route53_record.origin[*].name), aws_lb.this.dns_name)
}
