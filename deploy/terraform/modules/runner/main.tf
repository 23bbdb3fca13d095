# Jobs of GitHub Actions that need the Kubernetes API run here, in containers of CodeBuild inside the VPC: each job gets a new one,
# which ends with it. GitHub says by a webhook that a job waits; CodeBuild starts a container that fetches this job.
locals {
  project = "${var.environment.name}-runner"
}

# AWS's GitHub App, in place of a token that would lie in a secret and in the state. It is made waiting: a person admits it in
# the console (docs/aws/bring-up.md), which no API can do.
resource "aws_codeconnections_connection" "github" {
  name          = substr(local.project, 0, 32) # AWS takes no longer one
  provider_type = "GitHub"
}

resource "aws_cloudwatch_log_group" "runner" {
  name              = "/${var.environment.name}/runner"
  retention_in_days = var.environment.log_days
  kms_key_id        = var.logs_key_arn
}

resource "aws_codebuild_project" "runner" {
  #checkov:skip=CKV_AWS_147:It keeps no artifacts and no cache, so there is nothing that a key would encrypt; its log has the environment's key
  count = var.connected ? 1 : 0

  name                   = local.project
  description            = "Jobs of GitHub Actions that reach the Kubernetes API of ${var.environment.name}"
  service_role           = aws_iam_role.runner.arn
  build_timeout          = 60
  queued_timeout         = 30
  concurrent_build_limit = 3

  source {
    type                = "GITHUB"
    location            = "https://github.com/${var.repository}.git"
    git_clone_depth     = 1
    report_build_status = false # GitHub knows its own jobs

    auth {
      type     = "CODECONNECTIONS"
      resource = aws_codeconnections_connection.github.arn
    }
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type            = "ARM_CONTAINER"
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
    privileged_mode = false # images are built on GitHub's own runners
  }

  vpc_config {
    vpc_id             = var.vpc_id
    subnets            = var.subnet_ids
    security_group_ids = [var.security_group_id]
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.runner.name
    }
  }

  # AWS tries network and connection in the role's name. The role is there since the apply before, which made the connection, so IAM
  # has spread its rights.
  depends_on = [aws_iam_role_policy.runner]
}

# Waiting jobs of these workflows, and nothing else, start a container; not each push, as a webhook without filter would.
resource "aws_codebuild_webhook" "runner" {
  count = var.connected ? 1 : 0

  project_name = aws_codebuild_project.runner[0].name
  build_type   = "BUILD"

  filter_group {
    filter {
      type    = "EVENT"
      pattern = "WORKFLOW_JOB_QUEUED"
    }
    filter {
      type    = "WORKFLOW_NAME"
      pattern = "^(${join("|", var.workflows)})$"
    }
  }
}
