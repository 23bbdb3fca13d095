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

output "node_role_arn" {
  description = "ARN of the nodes' role, the only one Karpenter may pass."
  value       = aws_iam_role.nodes.arn
}

output "service_cidr" {
  description = "Addresses of the cluster's services; DNS has the tenth."
  value       = aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr
}
