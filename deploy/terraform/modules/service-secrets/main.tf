# Made empty, and never written by Terraform: what a person types here stands in no plan and no state.
resource "aws_secretsmanager_secret" "settings" {
  #checkov:skip=CKV2_AWS_57:Keys of Stripe and of the services' own signatures are exchanged at both ends at once; a function cannot do that. docs/aws/day-2.md says how.
  for_each = var.services

  name                    = "${var.environment.secrets_prefix}/${each.key}/settings"
  description             = "What ${each.key} must know and nobody else may: one JSON object, by the names of its settings"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days

  tags = { Service = each.key }
}
