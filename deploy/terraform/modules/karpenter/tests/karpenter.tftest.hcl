mock_provider "aws" {
  override_during = plan

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111111111111:mercat-test-karpenter" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-karpenter" }
  }
}

variables {
  environment   = { name = "mercat-test", account_id = "111111111111", region = "eu-central-1", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary" }
  cluster_name  = "mercat-test"
  node_role_arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-nodes"
  queue_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"
}

run "only_own_instances" {
  command = plan

  # Whatever launches, tags or removes names this cluster in a condition; images and snapshots have no owner to name.
  assert {
    condition = alltrue([
      for s in jsondecode(module.identity.policy).Statement : strcontains(jsonencode(s.Condition), "mercat-test")
      if s.Sid != "LaunchFromPublicImages" && anytrue([
        for a in flatten([s.Action]) : contains([
          "ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:TerminateInstances", "ec2:DeleteLaunchTemplate",
        ], a)
      ])
    ])
    error_message = "Karpenter may touch only what bears this cluster's tags."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity.policy).Statement : s.Condition.StringEquals
      if contains(flatten([s.Action]), "ec2:TerminateInstances")
    ] == [{ "aws:ResourceTag/kubernetes.io/cluster/mercat-test" = "owned" }]
    error_message = "Only instances of this cluster may be terminated, by one statement."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity.policy).Statement : s.Condition.StringEquals["aws:ResourceTag/karpenter.sh/discovery"] == "mercat-test"
      if anytrue([for r in flatten([s.Resource]) : strcontains(r, ":subnet/") || strcontains(r, ":security-group/")])
    ])
    error_message = "Instances start only in this cluster's subnets and security groups."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity.policy).Statement : [s.Resource, s.Condition] if contains(flatten([s.Action]), "iam:PassRole")
    ] == [["arn:aws:iam::111111111111:role/mercat/mercat-test-nodes", { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }]]
    error_message = "Only the nodes' role may be passed, and only to EC2."
  }

  assert {
    condition = toset([
      for a in flatten([for s in jsondecode(module.identity.policy).Statement : s.Action]) : a if startswith(a, "iam:")
    ]) == toset(["iam:PassRole", "iam:CreateServiceLinkedRole", "iam:ListInstanceProfiles", "iam:GetInstanceProfile"])
    error_message = "Karpenter does not write to IAM: the instance profile is ours."
  }

  assert {
    condition = toset([
      for s in jsondecode(module.identity.policy).Statement : s.Sid if contains(flatten([s.Resource]), "*")
    ]) == toset(["SeeWhatIsOffered", "Prices", "ListInstanceProfiles"])
    error_message = "Only reads without resource-level rights may have every resource."
  }

  assert {
    condition     = !anytrue([for a in flatten([for s in jsondecode(module.identity.policy).Statement : s.Action]) : strcontains(a, "*")])
    error_message = "No action with a wildcard."
  }

  assert {
    condition     = length(module.identity.policy) < 10240
    error_message = "IAM allows a role 10,240 characters of own policies."
  }

  assert {
    condition     = aws_iam_instance_profile.nodes.role == "mercat-test-nodes" && output.instance_profile_name == "mercat-test-nodes"
    error_message = "The profile carries the nodes' role."
  }
}

run "the_volumes_key_only_where_asked" {
  command = plan

  assert {
    condition     = !strcontains(module.identity.policy, "kms:CreateGrant")
    error_message = "Without a key for volumes there is nothing to grant."
  }
}

run "the_volumes_key" {
  command = plan

  variables {
    volume_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/22222222-2222-2222-2222-222222222222"
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity.policy).Statement :
      s.Condition.StringEquals["kms:ViaService"] == "ec2.eu-central-1.amazonaws.com" && !contains(flatten([s.Resource]), "*")
      if anytrue([for a in flatten([s.Action]) : startswith(a, "kms:")]) && s.Sid != "DecryptInterruptions"
    ])
    error_message = "The key serves EC2's volumes and nothing else."
  }

  assert {
    condition     = strcontains(module.identity.policy, "\"kms:GrantIsForAWSResource\":\"true\"")
    error_message = "Grants are for AWS services only."
  }
}

run "the_queue" {
  command = plan

  assert {
    condition     = aws_sqs_queue.interruptions.kms_master_key_id == var.queue_key_arn && aws_sqs_queue.interruptions.message_retention_seconds == 300
    error_message = "The queue is encrypted with our key and forgets after five minutes."
  }

  assert {
    condition = [
      for s in jsondecode(aws_sqs_queue_policy.interruptions.policy).Statement : s.Principal if s.Effect == "Allow"
    ] == [{ Service = "events.amazonaws.com" }]
    error_message = "Only EventBridge writes to the queue."
  }

  assert {
    condition = jsondecode(aws_sqs_queue_policy.interruptions.policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "111111111111" }
      ArnLike      = { "aws:SourceArn" = "arn:aws:events:eu-central-1:111111111111:rule/mercat-test-karpenter-*" }
    }
    error_message = "And only by our rules."
  }

  assert {
    condition     = [for s in jsondecode(aws_sqs_queue_policy.interruptions.policy).Statement : s.Condition.Bool if s.Effect == "Deny"] == [{ "aws:SecureTransport" = "false" }]
    error_message = "The queue answers over TLS only."
  }

  assert {
    condition     = local.queue_arn == aws_sqs_queue.interruptions.arn && output.queue_name == "mercat-test-karpenter"
    error_message = "The policies name the queue by the ARN it will have."
  }

  assert {
    condition = toset(flatten([for r in aws_cloudwatch_event_rule.interruptions : jsondecode(r.event_pattern)["detail-type"]])) == toset([
      "AWS Health Event", "EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation",
      "EC2 Instance State-change Notification", "EC2 Capacity Reservation Instance Interruption Warning",
    ])
    error_message = "Each kind of interruption reaches the queue."
  }

  assert {
    condition     = alltrue([for t in aws_cloudwatch_event_target.interruptions : t.arn == aws_sqs_queue.interruptions.arn])
    error_message = "Every rule has the queue as its target."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    cluster_name   = "*"
    cluster_arn    = "mercat-test"
    node_role_arn  = "arn:aws:iam::111111111111:role/*"
    queue_key_arn  = "alias/mercat"
    volume_key_arn = "alias/mercat"
  }

  expect_failures = [var.cluster_name, var.cluster_arn, var.node_role_arn, var.queue_key_arn, var.volume_key_arn]
}
