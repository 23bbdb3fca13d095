resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  name                 = each.value
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.key_arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }

  tags = { Service = basename(each.value) }
}

# A promotion: the next environment's release role reads images here, by digest, and pushes them at home. By condition, since
# a principal that does not exist yet would be refused.
resource "aws_ecr_repository_policy" "this" {
  for_each = length(var.reader_role_arns) > 0 ? aws_ecr_repository.this : {}

  repository = each.value.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Promote"
      Effect    = "Allow"
      Principal = { AWS = [for arn in var.reader_role_arns : "arn:aws:iam::${split(":", arn)[4]}:root"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
      Condition = { ArnEquals = { "aws:PrincipalArn" = var.reader_role_arns } }
    }]
  })
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  policy = jsonencode({ rules = [
    {
      rulePriority = 1
      description  = "Leftovers of builds go after 7 days"
      selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
      action       = { type = "expire" }
    },
    {
      # A count, never an age: the image that runs may be old.
      rulePriority = 2
      description  = "The newest 50 images stay"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 50 }
      action       = { type = "expire" }
    },
  ] })
}

# One per registry, so for the whole account and region. ECR takes at most one rule per frequency.
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = var.enhanced_scanning ? "ENHANCED" : "BASIC"

  dynamic "rule" {
    for_each = local.scanning

    content {
      scan_frequency = rule.key

      dynamic "repository_filter" {
        for_each = rule.value

        content {
          filter      = "${repository_filter.value}/*"
          filter_type = "WILDCARD"
        }
      }
    }
  }
}

locals {
  ours   = distinct([for name in var.repositories : split("/", name)[0]])
  cached = keys(local.upstreams)

  # Cached images of others are looked at once, on push: Inspector's bill would follow every version of every add-on.
  scanning = { for frequency, namespaces in {
    CONTINUOUS_SCAN = var.enhanced_scanning ? local.ours : []
    SCAN_ON_PUSH    = var.enhanced_scanning ? local.cached : concat(local.ours, local.cached)
  } : frequency => toset(namespaces) if length(namespaces) > 0 }
}
