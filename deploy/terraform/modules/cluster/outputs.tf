output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn
}

output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority" {
  description = "Certificate authority of the Kubernetes API, base64."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "version" {
  description = "Minor version of Kubernetes."
  value       = aws_eks_cluster.this.version
}

output "node_role_arn" {
  description = "ARN of the nodes' role, the only one Karpenter may pass."
  value       = aws_iam_role.nodes.arn
}

output "security_group_id" {
  description = "Security group EKS made for the cluster. Only the control plane's interfaces bear it; nodes bear node_security_group_id."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "log_group_name" {
  description = "Log group of the control plane."
  value       = aws_cloudwatch_log_group.control_plane.name
}

output "service_cidr" {
  description = "Addresses of the cluster's services; DNS has the tenth."
  value       = var.service_cidr
}
