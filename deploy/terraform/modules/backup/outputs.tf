output "vault_name" {
  description = "Name of the vault in the store's own region."
  value       = aws_backup_vault.this.name
}

output "vault_arn" {
  description = "ARN of the vault in the store's own region."
  value       = aws_backup_vault.this.arn
}

output "copy_vault_arn" {
  description = "ARN of the vault in the second region; null without copy_region."
  value       = one(aws_backup_vault.copy[*].arn)
}

output "plan_id" {
  description = "Id of the backup plan."
  value       = aws_backup_plan.this.id
}

output "restore_role_arn" {
  description = "The role to restore with: `aws backup start-restore-job --iam-role-arn`."
  value       = aws_iam_role.restore.arn
}
