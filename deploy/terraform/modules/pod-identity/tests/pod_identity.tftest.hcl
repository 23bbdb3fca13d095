mock_provider "aws" {
  override_during = plan

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-external-dns" }
  }
}

variables {
  name                     = "mercat-test-external-dns"
  cluster_name             = "mercat-test"
  cluster_arn              = "arn:aws:eks:eu-central-1:111111111111:cluster/mercat-test"
  account_id               = "111111111111"
  namespace                = "external-dns"
  service_account          = "external-dns"
  permissions_boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary"
  policy                   = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"route53:ListHostedZones\",\"Resource\":\"*\"}]}"
}

run "trust_is_one_service_account" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_iam_role.this.assume_role_policy).Statement) == 1
    error_message = "One statement of trust, no other way in."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "pods.eks.amazonaws.com" }
    error_message = "Only EKS Pod Identity may hand the role out."
  }

  assert {
    condition     = toset(jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Action) == toset(["sts:AssumeRole", "sts:TagSession"])
    error_message = "Pod Identity needs exactly sts:AssumeRole and sts:TagSession."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "aws:SourceAccount"                         = "111111111111"
        "aws:RequestTag/eks-cluster-name"           = "mercat-test"
        "aws:RequestTag/kubernetes-namespace"       = "external-dns"
        "aws:RequestTag/kubernetes-service-account" = "external-dns"
      }
      ArnLike = { "aws:SourceArn" = "arn:aws:eks:eu-central-1:111111111111:cluster/mercat-test" }
    }
    error_message = "The trust names account, cluster, namespace and service account."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.permissions_boundary_arn && aws_iam_role.this.path == "/mercat/"
    error_message = "The role lies under /mercat/ and inside the boundary."
  }

  assert {
    condition     = aws_eks_pod_identity_association.this[0].disable_session_tags == false
    error_message = "The trust reads the session tags: they stay on."
  }

  assert {
    condition = (
      aws_eks_pod_identity_association.this[0].namespace == "external-dns" &&
      aws_eks_pod_identity_association.this[0].service_account == "external-dns" &&
      aws_eks_pod_identity_association.this[0].role_arn == output.role_arn
    )
    error_message = "The association joins the same service account and this role."
  }

  assert {
    condition     = aws_iam_role_policy.this[0].policy == var.policy && length(aws_iam_role_policy_attachment.this) == 0
    error_message = "The role gets the given permissions and nothing else."
  }
}

run "an_unknown_region_still_names_the_cluster" {
  command = plan

  variables {
    cluster_arn = null
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:eks:*:111111111111:cluster/mercat-test"
    error_message = "Without an ARN the trust falls back to the cluster's name in this account, never to any cluster."
  }
}

run "a_role_without_rights" {
  command = plan

  variables {
    policy = null
  }

  assert {
    condition     = length(aws_iam_role_policy.this) == 0 && length(aws_iam_role_policy_attachment.this) == 0
    error_message = "Without a policy the role may do nothing."
  }
}

run "an_add_on_makes_its_own_association" {
  command = plan

  variables {
    associate           = false
    policy              = null
    managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"]
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 0
    error_message = "A second association for one service account is refused by EKS."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.this["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"].role == "mercat-test-external-dns"
    error_message = "The managed policy is attached."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    policy                   = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"route53:ListHostedZones\",\"*\"],\"Resource\":\"*\"}]}"
    managed_policy_arns      = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    namespace                = "*"
    service_account          = "external-*"
    name                     = "Mercat"
    cluster_name             = "*"
    cluster_arn              = "mercat-test"
    account_id               = "1111"
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [
    var.policy, var.managed_policy_arns, var.namespace, var.service_account, var.name, var.cluster_name, var.cluster_arn,
    var.account_id, var.permissions_boundary_arn,
  ]
}

run "a_whole_service_is_refused" {
  command = plan

  variables {
    policy = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"route53:*\",\"Resource\":\"*\"}]}"
  }

  expect_failures = [var.policy]
}

run "not_action_is_refused" {
  command = plan

  variables {
    policy = "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:CreateUser\",\"Resource\":\"*\"}]}"
  }

  expect_failures = [var.policy]
}

run "a_policy_that_is_no_json_is_refused" {
  command = plan

  variables {
    policy = "AmazonS3ReadOnlyAccess"
  }

  expect_failures = [var.policy]
}
