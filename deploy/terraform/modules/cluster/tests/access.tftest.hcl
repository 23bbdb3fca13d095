mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

run "access_by_entries_only" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API"
    error_message = "Access is by entries only: no aws-auth ConfigMap."
  }

  assert {
    condition     = aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions == false
    error_message = "Who makes the cluster is not its administrator by that."
  }

  assert {
    condition = [for a in aws_eks_access_policy_association.administrator : [a.principal_arn, a.policy_arn, a.access_scope[0].type]] == [
      ["arn:aws:iam::111111111111:role/mercat/mercat-test-apply", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "cluster"]
    ]
    error_message = "Exactly the given administrators administer the cluster."
  }

  assert {
    condition     = alltrue([for e in aws_eks_access_entry.administrator : length(e.kubernetes_groups) == 0])
    error_message = "Administrators have their policy and no group, least of all system:masters."
  }

  assert {
    condition = jsonencode({ for e in aws_eks_access_entry.group : e.principal_arn => sort(e.kubernetes_groups) }) == jsonencode({
      "arn:aws:iam::111111111111:role/team"                      = ["mercat:developers"]
      "arn:aws:iam::111111111111:role/rota"                      = ["mercat:developers", "mercat:operators"]
      "arn:aws:iam::111111111111:role/emergency"                 = ["mercat:emergency"]
      "arn:aws:iam::111111111111:role/mercat/mercat-test-deploy" = ["mercat:deployers"]
      "arn:aws:iam::111111111111:role/auditor"                   = ["mercat:auditors"]
    })
    error_message = "Each role is in its groups, which the bindings of deploy/charts/access name, by one entry."
  }

  assert {
    condition     = aws_eks_access_entry.nodes.type == "EC2_LINUX" && aws_eks_access_entry.nodes.principal_arn == output.node_role_arn
    error_message = "Nodes may join, Karpenter's too."
  }
}

run "a_private_endpoint" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access == false && aws_eks_cluster.this.vpc_config[0].endpoint_private_access == true
    error_message = "Without networks named the endpoint is private."
  }
}

run "a_public_endpoint_for_named_networks" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition = (
      aws_eks_cluster.this.vpc_config[0].endpoint_public_access == true &&
      aws_eks_cluster.this.vpc_config[0].endpoint_private_access == true &&
      toset(aws_eks_cluster.this.vpc_config[0].public_access_cidrs) == toset(["203.0.113.0/24"])
    )
    error_message = "The endpoint is public for the named networks only, and nodes still use the private one."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
    administrators      = []
    groups              = { masters = ["arn:aws:iam::111111111111:role/mercat/mercat-test-deploy"] }
  }

  expect_failures = [var.public_access_cidrs, var.administrators, var.groups]
}

run "half_the_internet_is_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "a_session_as_administrator_is_refused" {
  command = plan

  variables {
    administrators = ["arn:aws:sts::111111111111:assumed-role/mercat-test-apply/session"]
  }

  expect_failures = [var.administrators]
}

run "a_role_that_is_both_is_refused" {
  command = plan

  variables {
    groups = { deployers = ["arn:aws:iam::111111111111:role/mercat/mercat-test-apply"] }
  }

  expect_failures = [aws_eks_cluster.this]
}

run "a_session_in_a_group_is_refused" {
  command = plan

  variables {
    groups = { operators = ["arn:aws:sts::111111111111:assumed-role/rota/somebody"] }
  }

  expect_failures = [var.groups]
}

run "an_emergency_role_that_is_also_for_every_day_is_refused" {
  command = plan

  variables {
    groups = { emergency = ["arn:aws:iam::111111111111:role/rota"], operators = ["arn:aws:iam::111111111111:role/rota"] }
  }

  expect_failures = [var.groups]
}
