locals {
  # Only registries that ask for no credentials: Docker Hub and GitHub would need a secret.
  upstreams = {
    ecr-public = "public.ecr.aws"
    kubernetes = "registry.k8s.io"
    quay       = "quay.io"
  }

  key     = split(":", var.key_arn)
  account = "${local.key[3]}:${local.key[4]}"
}

resource "aws_ecr_pull_through_cache_rule" "this" {
  for_each = local.upstreams

  ecr_repository_prefix = each.key
  upstream_registry_url = each.value
}

# What a repository looks like that the first pull of an image makes.
resource "aws_ecr_repository_creation_template" "this" {
  for_each = aws_ecr_pull_through_cache_rule.this

  prefix      = each.key
  description = "${var.environment.name}: images cached from ${each.value.upstream_registry_url}"
  applied_for = ["PULL_THROUGH_CACHE"]

  # A tag that its maker moves later stays what it was when we first took it.
  image_tag_mutability = "IMMUTABLE"

  # Public images need no key of ours; with one, ECR would want a role of its own to make these repositories.
  encryption_configuration {
    encryption_type = "AES256"
  }

  lifecycle_policy = jsonencode({ rules = [{
    rulePriority = 1
    description  = "The newest 20 images of an add-on stay"
    selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 20 }
    action       = { type = "expire" }
  }] })
}
