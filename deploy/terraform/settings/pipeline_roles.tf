# The pipeline's roles, made by bootstrap and known by name to whoever trusts them. A local of its own: with the loop
# inside the output's merge, checkov no longer understands any of the settings.
locals {
  role_arns = { for task in ["plan", "apply", "release", "deploy"] : task => "arn:aws:iam::${local.organisation.accounts[var.environment]}:role/mercat/${local.organisation.project}-${var.environment}-${task}" }
}
