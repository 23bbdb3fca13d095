mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "flow_logs" {
  command = plan

  assert {
    condition     = aws_flow_log.this.vpc_id == aws_vpc.this.id && aws_flow_log.this.traffic_type == "ALL" && aws_flow_log.this.log_destination == aws_cloudwatch_log_group.flow_logs.arn
    error_message = "All traffic of the VPC is logged, refused packets too."
  }
  assert {
    condition     = aws_cloudwatch_log_group.flow_logs.kms_key_id == var.logs_key_arn && aws_cloudwatch_log_group.flow_logs.retention_in_days == 365
    error_message = "The log group is encrypted with our key and keeps flow_log_days."
  }
  assert {
    condition     = startswith(aws_flow_log.this.log_format, "$${version} ") && strcontains(aws_flow_log.this.log_format, "$${pkt-srcaddr} $${pkt-dstaddr}")
    error_message = "Flow logs name the pod behind NAT and load balancer."
  }
}

run "the_flow_logs_role" {
  command = plan

  assert {
    condition     = aws_iam_role.flow_logs.permissions_boundary == var.environment.boundary_arn && aws_iam_role.flow_logs.path == "/mercat/"
    error_message = "The role stands under the boundary, in our path."
  }
  assert {
    condition = jsondecode(aws_iam_role.flow_logs.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "333333333333" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:eu-central-1:333333333333:vpc-flow-log/*" }
      }
    }]
    error_message = "Only flow logs of this account and region may take the role."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.flow_logs.policy).Statement :
      !strcontains(jsonencode(statement.Action), "*") && !strcontains(jsonencode(statement.Action), "CreateLogGroup") && jsonencode(statement.Resource) != "\"*\""
    ])
    error_message = "The role writes streams into its group: no wildcard, no new groups."
  }
}

run "inside_names" {
  command = plan

  assert {
    condition     = aws_route53_zone.internal.name == "production.mercat.internal" && one(aws_route53_zone.internal.vpc[*].vpc_id) == aws_vpc.this.id
    error_message = "The internal zone is private to the VPC."
  }
  assert {
    condition     = aws_vpc.this.enable_dns_hostnames && aws_vpc.this.enable_dns_support
    error_message = "Private names of endpoints and of the internal zone need both."
  }
}

run "two_zones_are_refused" {
  command = plan
  variables {
    zones = ["eu-central-1a", "eu-central-1b"]
  }
  expect_failures = [var.zones]
}

run "a_zone_twice_is_refused" {
  command = plan
  variables {
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1c"]
  }
  expect_failures = [var.zones]
}

run "zones_of_another_region_are_refused" {
  command = plan
  variables {
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  }
  expect_failures = [var.zones]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    nat_gateways                = 2
    cidr                        = "10.30.0.0/20"
    public_download_arns        = ["arn:aws:s3:::*"]
    control_plane_to_node_ports = [9443]
    flow_log_days               = 100
    logs_key_arn                = "alias/logs"
    cluster_name                = "Mercat"
  }

  expect_failures = [
    var.nat_gateways, var.cidr, var.public_download_arns, var.control_plane_to_node_ports, var.flow_log_days, var.logs_key_arn,
    var.cluster_name,
  ]
}

run "no_gateway_is_refused" {
  command = plan
  variables {
    nat_gateways = 0
  }
  expect_failures = [var.nat_gateways]
}

run "a_crooked_network_is_refused" {
  command = plan
  variables {
    cidr = "10.30.7.0/16"
  }
  expect_failures = [var.cidr]
}

run "public_addresses_are_refused" {
  command = plan
  variables {
    cidr = "52.30.0.0/16"
  }
  expect_failures = [var.cidr]
}

run "an_unknown_endpoint_is_refused" {
  command = plan
  variables {
    interface_endpoints = ["secretmanager"]
  }
  expect_failures = [var.interface_endpoints]
}

run "an_exception_for_no_endpoint_is_refused" {
  command = plan
  variables {
    endpoints_without_policy = ["kms"]
  }
  expect_failures = [var.endpoints_without_policy]
}
