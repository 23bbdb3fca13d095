mock_provider "aws" {
  override_during = plan

  mock_resource "aws_codeconnections_connection" {
    defaults = { arn = "arn:aws:codeconnections:eu-central-1:111111111111:connection/0" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-runner" }
  }
}

variables {
  environment       = { name = "mercat-test", account_id = "111111111111", region = "eu-central-1", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary", log_days = 90 }
  repository        = "example/mercat"
  workflows         = ["deploy", "main"]
  connected         = true
  vpc_id            = "vpc-0"
  subnet_ids        = ["subnet-1", "subnet-2", "subnet-3"]
  security_group_id = "sg-0"
  logs_key_arn      = "arn:aws:kms:eu-central-1:111111111111:key/0"
}

run "jobs_run_inside_the_network" {
  command = plan

  assert {
    condition = (
      aws_codebuild_project.runner[0].vpc_config[0].vpc_id == "vpc-0"
      && aws_codebuild_project.runner[0].vpc_config[0].subnets == toset(["subnet-1", "subnet-2", "subnet-3"])
      && aws_codebuild_project.runner[0].vpc_config[0].security_group_ids == toset(["sg-0"])
    )
    error_message = "Containers stand in the private subnets, behind the runner's group."
  }
  assert {
    condition     = !aws_codebuild_project.runner[0].environment[0].privileged_mode && aws_codebuild_project.runner[0].artifacts[0].type == "NO_ARTIFACTS"
    error_message = "No privileged container, and nothing is kept of a job."
  }
  assert {
    condition     = aws_codebuild_project.runner[0].build_timeout == 60 && aws_codebuild_project.runner[0].concurrent_build_limit == 3
    error_message = "What costs by the minute is bounded."
  }
  assert {
    condition     = aws_codebuild_project.runner[0].source[0].location == "https://github.com/example/mercat.git" && aws_codebuild_project.runner[0].source[0].auth[0].type == "CODECONNECTIONS"
    error_message = "The repository is reached by the GitHub App, without a stored token."
  }
  assert {
    condition     = aws_cloudwatch_log_group.runner.retention_in_days == 90 && aws_cloudwatch_log_group.runner.kms_key_id != null
    error_message = "The log is encrypted and ends."
  }
  assert {
    condition     = output.label == "codebuild-mercat-test-runner"
    error_message = "Workflows name this label."
  }
}

run "only_waiting_jobs_of_these_workflows_start_a_container" {
  command = plan

  assert {
    condition = [for group in aws_codebuild_webhook.runner[0].filter_group : { for filter in group.filter : filter.type => filter.pattern }] == [
      { EVENT = "WORKFLOW_JOB_QUEUED", WORKFLOW_NAME = "^(deploy|main)$" }
    ]
    error_message = "One group of filters: a waiting job, of a named workflow."
  }
}

run "its_own_role_opens_nothing" {
  command = plan

  assert {
    condition     = aws_iam_role.runner.permissions_boundary == "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary"
    error_message = "The boundary holds it."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.runner.policy).Statement : s.Action])) == toset([
      "codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection", "ec2:CreateNetworkInterface",
      "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "logs:CreateLogStream", "logs:PutLogEvents",
    ])
    error_message = "An unreviewed job has these rights: no data, no secret, no cluster, no role to take."
  }
  assert {
    condition = alltrue([
      for s in jsondecode(aws_iam_role_policy.runner.policy).Statement : s.Resource != "*" || alltrue([for a in flatten([s.Action]) : startswith(a, "ec2:Describe")])
    ])
    error_message = "Only descriptions have every resource."
  }
  assert {
    condition = (
      jsondecode(aws_iam_role.runner.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"]
      == "arn:aws:codebuild:eu-central-1:111111111111:project/mercat-test-runner"
    )
    error_message = "No other project takes the role."
  }
}

run "before_the_connection_is_admitted" {
  command = plan

  variables {
    connected = false
  }

  assert {
    condition     = length(aws_codebuild_project.runner) == 0 && length(aws_codebuild_webhook.runner) == 0 && output.label == null
    error_message = "Only the connection is made, which a person must admit."
  }
}

run "a_pattern_is_no_workflow" {
  command = plan

  variables {
    workflows  = [".*"]
    repository = "https://github.com/example/mercat"
    subnet_ids = []
  }

  expect_failures = [var.workflows, var.repository, var.subnet_ids]
}
