mock_provider "aws" {
  override_during = plan
}

variables {
  environment  = { name = "mercat-development" }
  repositories = ["mercat/identity", "mercat/catalog", "mercat/orders", "mercat/payments", "mercat/shop"]
  key_arn      = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555"
}

run "images_are_immutable_scanned_and_encrypted" {
  command = plan

  assert {
    condition     = toset([for repository in aws_ecr_repository.this : repository.name]) == toset(["mercat/identity", "mercat/catalog", "mercat/orders", "mercat/payments", "mercat/shop"])
    error_message = "Each image has a repository below mercat/."
  }

  assert {
    condition     = aws_ecr_repository.this["mercat/orders"].tags == tomap({ Service = "orders" })
    error_message = "A repository's cost belongs to its service."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE"])
    error_message = "A tag never moves."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_scanning_configuration[0].scan_on_push])
    error_message = "Every push is scanned."
  }

  assert {
    condition = alltrue([for repository in aws_ecr_repository.this :
    repository.encryption_configuration[0].encryption_type == "KMS" && repository.encryption_configuration[0].kms_key == var.key_arn])
    error_message = "Images are encrypted with our key."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : !repository.force_delete])
    error_message = "A destroy does not take the images along unless told so."
  }
}

run "old_images_go_by_count" {
  command = plan

  assert {
    condition = alltrue([for policy in aws_ecr_lifecycle_policy.this : alltrue([for rule in jsondecode(policy.policy).rules :
    rule.selection.tagStatus == "untagged" || rule.selection.countType == "imageCountMoreThan"])])
    error_message = "Only untagged images go by age: the image that runs may be old."
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this["mercat/orders"].policy).rules[1].selection.countNumber == 50
    error_message = "50 images stay by default."
  }
}

run "caches_need_no_credentials" {
  command = plan

  assert {
    condition     = toset([for rule in aws_ecr_pull_through_cache_rule.this : rule.upstream_registry_url]) == toset(["public.ecr.aws", "registry.k8s.io", "quay.io"])
    error_message = "Cached are the registries that ask for no credentials."
  }

  assert {
    condition     = alltrue([for template in aws_ecr_repository_creation_template.this : template.image_tag_mutability == "IMMUTABLE"])
    error_message = "A cached tag never moves either."
  }

  assert {
    condition     = output.cache_hosts["quay.io"] == "111111111111.dkr.ecr.eu-central-1.amazonaws.com/quay"
    error_message = "The cache's host is this account's registry."
  }
}

run "basic_scanning_is_the_default" {
  command = plan

  assert {
    condition     = aws_ecr_registry_scanning_configuration.this.scan_type == "BASIC"
    error_message = "Inspector costs money: it is asked for."
  }
}

run "enhanced_scanning_is_continuous" {
  command = plan

  variables {
    enhanced_scanning = true
  }

  assert {
    condition = aws_ecr_registry_scanning_configuration.this.scan_type == "ENHANCED" && anytrue([
      for rule in aws_ecr_registry_scanning_configuration.this.rule : rule.scan_frequency == "CONTINUOUS_SCAN" && anytrue([for filter in rule.repository_filter : filter.filter == "mercat/*"])
    ])
    error_message = "Inspector looks at our images continuously."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    repositories     = ["orders"]
    key_arn          = "alias/mercat-development-data"
    reader_role_arns = ["arn:aws:iam::222222222222:role/*"]
  }

  expect_failures = [var.repositories, var.key_arn, var.reader_role_arns]
}

run "there_is_an_image" {
  command = plan
  variables { repositories = [] }
  expect_failures = [var.repositories]
}

run "images_are_promoted_to_one_role_of_the_next_account" {
  command = plan
  variables { reader_role_arns = ["arn:aws:iam::222222222222:role/mercat/mercat-staging-release"] }

  assert {
    condition = length(aws_ecr_repository_policy.this) == 5 && alltrue(flatten([for policy in aws_ecr_repository_policy.this : [
      for statement in jsondecode(policy.policy).Statement :
      one(statement.Principal.AWS) == "arn:aws:iam::222222222222:root" && one(statement.Condition.ArnEquals["aws:PrincipalArn"]) == one(var.reader_role_arns)
    ]]))
    error_message = "The next environment's release role reads images, and nobody else of that account."
  }

  assert {
    condition     = alltrue([for policy in aws_ecr_repository_policy.this : !strcontains(policy.policy, "ecr:Put") && !strcontains(policy.policy, "*")])
    error_message = "It reads, and writes nothing."
  }
}
