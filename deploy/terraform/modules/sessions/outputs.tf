output "log_group_name" {
  description = "Log group of the sessions; a node's role must be allowed to write to it (logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams)."
  value       = aws_cloudwatch_log_group.sessions.name
}
