output "queue_name" {
  description = "Name of the interruption queue, the chart's settings.interruptionQueue."
  value       = aws_sqs_queue.interruptions.name
}

output "controller_role_arn" {
  description = "Role of the service account kube-system/karpenter."
  value       = module.identity.role_arn
}

output "instance_profile_name" {
  description = "Instance profile of the nodes, the node class's spec.instanceProfile."
  value       = aws_iam_instance_profile.nodes.name
}
