# Snapshots only: RDS' own point-in-time recovery stays RDS' (modules/database). If AWS Backup kept it as well,
# it would take over the window and the retention, and each apply would fight with it.
locals {
  rules = merge(
    { daily = { schedule = "cron(0 5 ? * * *)", days = var.daily_days, copy_days = var.copy_days } },
    var.monthly_months == 0 ? {} : {
      monthly = { schedule = "cron(0 7 1 * ? *)", days = var.monthly_months * 31, copy_days = var.monthly_months * 31 }
    },
  )
}

resource "aws_backup_plan" "this" {
  name = local.vault

  dynamic "rule" {
    for_each = local.rules
    content {
      rule_name         = rule.key
      target_vault_name = aws_backup_vault.this.name
      # UTC; two hours and more after RDS' own windows, beside which it refuses snapshots.
      schedule                     = rule.value.schedule
      schedule_expression_timezone = "Etc/UTC"
      start_window                 = 60
      completion_window            = 600
      enable_continuous_backup     = false

      lifecycle {
        delete_after = rule.value.days
      }

      dynamic "copy_action" {
        for_each = aws_backup_vault.copy
        content {
          destination_vault_arn = copy_action.value.arn

          lifecycle {
            delete_after = rule.value.copy_days
          }
        }
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = local.vault
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = var.selected_arns

  # Without its rights the first night's jobs would fail.
  depends_on = [aws_iam_role_policy_attachment.backup]
}

# Volumes that the cluster makes have no ARN here; their StorageClass tags them.
resource "aws_backup_selection" "volumes" {
  count = var.selected_volume_tag == null ? 0 : 1

  name         = "${local.vault}-volumes"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = ["arn:aws:ec2:*:*:volume/*"]

  condition {
    string_equals {
      key   = "aws:ResourceTag/${var.selected_volume_tag.key}"
      value = var.selected_volume_tag.value
    }
  }

  depends_on = [aws_iam_role_policy_attachment.backup]
}
