# The pipeline's roles, made by bootstrap and known by name to whoever trusts them. A local of its own: with the loop
# inside the output's merge, checkov no longer understands any of the settings.
locals {
  # Who may read this environment's images: the release roles of those that promote from here.
  image_readers = [for name, from in local.table.images_from : "arn:aws:iam::${local.organisation.accounts[name]}:role/mercat/${local.organisation.project}-${name}-release" if from == var.environment]
  # Whose images this environment's release role may read.
  images_account = local.table.images_from[var.environment] == null ? null : local.organisation.accounts[local.table.images_from[var.environment]]

  role_arns = { for task in ["plan", "apply", "release", "deploy"] : task => "arn:aws:iam::${local.organisation.accounts[var.environment]}:role/mercat/${local.organisation.project}-${var.environment}-${task}" }
}
