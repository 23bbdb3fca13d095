output "restore_role_arn" {
  description = "The role to restore with: `aws backup start-restore-job --iam-role-arn`."
  value       = aws_iam_role.restore.arn
}
