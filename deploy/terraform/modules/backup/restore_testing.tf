# A backup that was never restored is a hope. AWS Backup restores the newest, and deletes what it restored.
resource "aws_backup_restore_testing_plan" "this" {
  count = var.restore_testing ? 1 : 0

  # This name takes no hyphens.
  name                         = replace("${local.vault}-restore", "-", "_")
  schedule_expression          = "cron(0 9 2 * ? *)"
  schedule_expression_timezone = "Etc/UTC"
  start_window_hours           = 4

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.this.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = min(var.daily_days, 7)
  }
}

resource "aws_backup_restore_testing_selection" "this" {
  count = var.restore_testing ? 1 : 0

  name                      = replace("${var.environment.name}_database", "-", "_")
  restore_testing_plan_name = aws_backup_restore_testing_plan.this[0].name
  protected_resource_type   = "RDS"
  # All databases in the vault, which holds none but ours.
  protected_resource_arns = ["*"]
  iam_role_arn            = aws_iam_role.restore.arn
  # Null, not an empty map: AWS may answer none where an empty one was sent, which Terraform takes for a fault.
  restore_metadata_overrides = length(var.restore_metadata) > 0 ? var.restore_metadata : null
  # An hour for a script of ours to look into it, then it is deleted.
  validation_window_hours = 1
}
