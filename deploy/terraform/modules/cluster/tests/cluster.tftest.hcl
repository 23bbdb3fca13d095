mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

run "secrets_logs_support" {
  command = plan

  assert {
    condition = (
      aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) &&
      aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == var.cluster_key_arn
    )
    error_message = "Kubernetes secrets are encrypted with our key."
  }

  assert {
    condition     = length(setsubtract(["api", "audit", "authenticator"], aws_eks_cluster.this.enabled_cluster_log_types)) == 0
    error_message = "The api, audit and authenticator logs are on."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.control_plane.name == "/aws/eks/mercat-test/cluster" &&
      aws_cloudwatch_log_group.control_plane.kms_key_id == var.logs_key_arn &&
      aws_cloudwatch_log_group.control_plane.retention_in_days == 30
    )
    error_message = "The log group EKS writes to is ours, encrypted, and ends."
  }

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "Extended support is a decision to pay, not a default."
  }

  assert {
    condition     = aws_eks_cluster.this.deletion_protection == true && aws_eks_cluster.this.bootstrap_self_managed_addons == false
    error_message = "The cluster is protected as asked, and no unmanaged add-on comes with it."
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].security_group_ids == toset(["sg-controlplane"])
    error_message = "The control plane's interfaces bear the group whose rules admit the nodes."
  }

  assert {
    condition     = output.name == "mercat-test"
    error_message = "The name given is the cluster's name."
  }
}

run "roles_are_narrow" {
  command = plan

  assert {
    condition = alltrue([for r in [aws_iam_role.cluster, aws_iam_role.nodes] :
      r.permissions_boundary == var.environment.boundary_arn && r.path == "/mercat/" && startswith(r.name, "mercat-test-")
    ])
    error_message = "Every role lies under /mercat/ and inside the boundary."
  }

  assert {
    condition = jsondecode(aws_iam_role.cluster.assume_role_policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "111111111111" }
      ArnLike      = { "aws:SourceArn" = "arn:aws:eks:eu-central-1:111111111111:cluster/mercat-test" }
    }
    error_message = "EKS takes the role for this cluster only."
  }

  assert {
    condition     = one([for s in jsondecode(aws_iam_role_policy.cluster.policy).Statement : s.Action if s.Effect == "Deny"]) == "logs:CreateLogGroup"
    error_message = "After a destroy no log group comes back."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.cluster.policy).Statement[0].Resource == var.cluster_key_arn
    error_message = "The control plane uses one key."
  }

  assert {
    condition = toset([for a in aws_iam_role_policy_attachment.nodes : a.policy_arn]) == toset([
      "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    ])
    error_message = "Nodes join and pull; the network plugin and the volumes have roles of their own."
  }

  assert {
    condition     = !anytrue([for a in flatten([for s in jsondecode(aws_iam_role_policy.nodes.policy).Statement : s.Action]) : strcontains(a, "*")])
    error_message = "No action with a wildcard on a node."
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.nodes.policy).Statement : s.Sid if contains(flatten([s.Resource]), "*")] == ["OperatorSessions"]
    error_message = "Only Session Manager's channels have no resource to name."
  }

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.nodes.policy).Statement : s.Resource if s.Sid == "FillThePullThroughCache"] == [[
      "arn:aws:ecr:eu-central-1:111111111111:repository/ecr-public/*",
      "arn:aws:ecr:eu-central-1:111111111111:repository/kubernetes/*",
      "arn:aws:ecr:eu-central-1:111111111111:repository/quay/*",
    ]]
    error_message = "Nodes make repositories under the cache's prefixes only."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.nodes.policy, "logs:")
    error_message = "Without a group for sessions nodes write no logs to AWS."
  }
}

run "sessions_are_logged" {
  command = plan

  variables {
    session_log_group = "/mercat/test/sessions"
  }

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.nodes.policy).Statement : s.Resource if contains(flatten([s.Action]), "logs:PutLogEvents")] == [
      "arn:aws:logs:eu-central-1:111111111111:log-group:/mercat/test/sessions:*"
    ]
    error_message = "Nodes write to the sessions' group only."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    kubernetes_version              = "1.36.2"
    subnet_ids                      = ["subnet-a"]
    control_plane_security_group_id = "default"
    node_security_group_id          = "default"
    cluster_key_arn                 = "alias/cluster"
    logs_key_arn                    = "alias/logs"
    session_log_group               = "*"
  }

  expect_failures = [var.kubernetes_version, var.subnet_ids, var.control_plane_security_group_id, var.node_security_group_id, var.cluster_key_arn, var.logs_key_arn, var.session_log_group]
}

run "a_version_that_eks_supports_no_more_is_refused" {
  command = plan
  variables { kubernetes_version = "1.33" }
  expect_failures = [var.kubernetes_version]
}

run "one_security_group_for_both_is_refused" {
  command = plan

  variables {
    control_plane_security_group_id = "sg-nodes"
  }

  expect_failures = [aws_eks_cluster.this]
}

# The provider adds 26 characters to the group's prefix, and EKS takes 63 in all.
