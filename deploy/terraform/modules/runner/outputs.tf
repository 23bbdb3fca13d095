output "connection_arn" {
  description = "The connection to GitHub, which a person admits in the console."
  value       = aws_codeconnections_connection.github.arn
}

output "label" {
  description = "What runs-on of a job begins with; null until the connection is admitted."
  value       = var.connected ? "codebuild-${local.project}" : null
}
