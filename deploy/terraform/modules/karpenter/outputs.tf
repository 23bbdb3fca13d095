output "queue_name" {
  description = "Name of the interruption queue, the chart's settings.interruptionQueue."
  value       = aws_sqs_queue.interruptions.name
}

output "instance_profile_name" {
  description = "Instance profile of the nodes, the node class's spec.instanceProfile."
  value       = aws_iam_instance_profile.nodes.name
}
