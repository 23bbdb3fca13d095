# One key per purpose: a grant, a mistake or a deletion then touches one kind of data.
resource "aws_kms_key" "this" {
  for_each = local.policies

  description             = "${var.environment.name}: ${local.descriptions[each.key]}"
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  policy                  = jsonencode({ Version = "2012-10-17", Statement = each.value })

  tags = { Name = "${var.environment.name}-${each.key}" }
}

resource "aws_kms_alias" "this" {
  for_each = aws_kms_key.this

  name          = "alias/${var.environment.name}-${each.key}"
  target_key_id = each.value.key_id
}
