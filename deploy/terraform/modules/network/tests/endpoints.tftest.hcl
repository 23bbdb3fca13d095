mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  interface_endpoints = ["ecr.api", "ecr.dkr", "sts", "secretsmanager", "logs", "kms", "ec2", "sqs", "ssm", "ssmmessages", "ec2messages", "eks", "eks-auth"]
}

run "interface_endpoints" {
  command = plan

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == var.interface_endpoints
    error_message = "One endpoint for each name."
  }
  assert {
    condition = alltrue([
      for service, endpoint in aws_vpc_endpoint.interface :
      endpoint.service_name == "com.amazonaws.eu-central-1.${service}" && endpoint.vpc_endpoint_type == "Interface" && endpoint.private_dns_enabled
    ])
    error_message = "Endpoints answer under the service's usual name."
  }
  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.interface :
      toset(endpoint.subnet_ids) == toset([for subnet in aws_subnet.private : subnet.id]) && endpoint.security_group_ids == toset([aws_security_group.this["endpoints"].id])
    ])
    error_message = "Endpoints stand in each private subnet, behind their own group."
  }
}

run "endpoint_policies_ask_whose" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for service, endpoint in aws_vpc_endpoint.interface : [
        for statement in jsondecode(endpoint.policy).Statement :
        statement.Action == "${split(".", service)[0]}:*" && try(statement.Condition.StringEquals["aws:PrincipalAccount"], "") == "333333333333"
      ]
    ]))
    error_message = "An endpoint serves its own service, for this account's credentials only."
  }
  assert {
    condition = alltrue([
      for service in ["secretsmanager", "logs", "kms", "sqs"] :
      try(jsondecode(aws_vpc_endpoint.interface[service].policy).Statement[0].Condition.StringEqualsIfExists["aws:ResourceAccount"], "") == "333333333333"
    ])
    error_message = "Secrets, logs, keys and queues of other accounts cannot be reached: data could leave that way."
  }
}

run "the_pipeline_signs_in_without_credentials" {
  command = plan
  variables {
    web_identity_role_arns = ["arn:aws:iam::333333333333:role/mercat/mercat-production-deploy"]
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.interface["sts"].policy).Statement[1] == {
      Sid      = "PipelineSignsIn", Effect = "Allow", Principal = "*", Action = "sts:AssumeRoleWithWebIdentity"
      Resource = ["arn:aws:iam::333333333333:role/mercat/mercat-production-deploy"]
    }
    error_message = "Who signs in with GitHub's token has no account yet: without this statement the runner gets no role."
  }
  assert {
    condition     = alltrue([for service, endpoint in aws_vpc_endpoint.interface : length(jsondecode(endpoint.policy).Statement) == 1 if service != "sts"])
    error_message = "Only STS has the statement."
  }
}

run "others_roles_are_not_for_signing_in" {
  command = plan
  variables {
    web_identity_role_arns = ["arn:aws:iam::444444444444:role/mercat/foreign", "arn:aws:iam::333333333333:role/mercat/*"]
  }

  expect_failures = [var.web_identity_role_arns]
}

run "s3_gateway" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && toset(aws_vpc_endpoint.s3.route_table_ids) == toset([for table in aws_route_table.private : table.id])
    error_message = "S3 is reached from each private subnet without NAT."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement :
      statement.Resource != "*" || (try(statement.Condition.StringEquals["aws:PrincipalAccount"], "") == "333333333333" && try(statement.Condition.StringEquals["aws:ResourceAccount"], "") == "333333333333")
    ])
    error_message = "Any bucket may be named only where caller and bucket are of this account."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement :
      statement.Action == "s3:GetObject" && alltrue([for arn in statement.Resource : startswith(arn, "arn:aws:s3:::") && !startswith(arn, "arn:aws:s3:::*")]) if statement.Resource != "*"
    ])
    error_message = "Of others' buckets, named ones can be read, nothing more."
  }
  assert {
    condition     = contains(jsondecode(aws_vpc_endpoint.s3.policy).Statement[1].Resource, "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*")
    error_message = "Without ECR's layer bucket no node can pull an image."
  }
}

run "further_downloads" {
  command = plan
  variables {
    public_download_arns = ["arn:aws:s3:::some-charts/*"]
  }

  assert {
    condition     = contains(jsondecode(aws_vpc_endpoint.s3.policy).Statement[1].Resource, "arn:aws:s3:::some-charts/*")
    error_message = "A named public bucket becomes readable."
  }
}

run "a_service_that_takes_no_policy" {
  command = plan
  variables {
    endpoints_without_policy = ["ec2messages"]
  }

  assert {
    condition     = [for service, _ in aws_vpc_endpoint.interface : service if !can(jsondecode(aws_vpc_endpoint.interface[service].policy))] == ["ec2messages"]
    error_message = "Only the named endpoint goes without our policy."
  }
}

run "none_in_development" {
  command = plan
  variables {
    interface_endpoints = []
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-central-1.s3"
    error_message = "Without interface endpoints the free S3 endpoint remains."
  }
}
