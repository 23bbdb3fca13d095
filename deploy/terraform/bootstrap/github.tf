# GitHub Actions proves by a signed token who it is; no key of AWS lies on GitHub.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]

  tags = { Name = "github-actions" }
}

locals {
  github = local.organisation.github

  # Repositories made, renamed or moved since 15 July 2026 name themselves with their numbers (owner@1/repository@2), so that nobody who
  # takes over a freed name is taken for them. Exactly one form is trusted, because a repository's tokens have exactly one.
  owner_id      = try(local.github.owner_id, null)
  repository_id = try(local.github.repository_id, null)
  immutable     = local.owner_id != null && local.repository_id != null
  repository = (
    local.immutable
    ? "${local.github.owner}@${coalesce(local.owner_id, "none")}/${local.github.repository}@${coalesce(local.repository_id, "none")}"
    : "${local.github.owner}/${local.github.repository}"
  )

  roles = {
    plan    = { subject = "${var.environment}-plan", hours = 1, about = "reads the account and the state for a plan" }
    apply   = { subject = var.environment, hours = 2, about = "runs Terraform" }
    release = { subject = var.environment, hours = 1, about = "pushes images" }
    deploy  = { subject = var.environment, hours = 1, about = "installs the store in the cluster" }
  }

  # By name, not read from the resources: the boundary names the roles, and the roles carry the boundary.
  role_arns = local.environment.role_arns
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${local.name}-${each.key}"
  path                 = "/mercat/"
  description          = "GitHub Actions, environment ${each.value.subject}: ${each.value.about}"
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = each.value.hours * 3600

  # Letter by letter, without wildcards: a pattern would let in a branch, a fork or a repository that somebody names so.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:${local.repository}:environment:${each.value.subject}"
      } }
    }]
  })
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name        = "${local.name}-${each.key}"
  path        = "/mercat/github/" # apart from what Terraform makes: the boundary forbids the whole path
  description = "${local.name}: ${each.key}"
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = merge([for name, policy in local.policies : { for role in policy.roles : "${role} ${name}" => { role = role, policy = name } }]...)

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}

locals {
  policies = {
    read             = { roles = ["plan", "apply"], statements = local.read }
    plan             = { roles = ["plan"], statements = local.read_state }
    apply-state      = { roles = ["apply"], statements = local.apply_state }
    apply-identity   = { roles = ["apply"], statements = local.apply_identity }
    apply-network    = { roles = ["apply"], statements = local.apply_network }
    apply-data       = { roles = ["apply"], statements = local.apply_data }
    apply-cluster    = { roles = ["apply"], statements = local.apply_cluster }
    apply-edge       = { roles = ["apply"], statements = local.apply_edge }
    apply-operations = { roles = ["apply"], statements = local.apply_operations }
    release          = { roles = ["release"], statements = local.release }
    deploy           = { roles = ["deploy"], statements = local.deploy }
  }
}
