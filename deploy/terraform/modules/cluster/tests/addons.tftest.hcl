mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

run "add_ons" {
  command = plan

  assert {
    condition     = toset(keys(aws_eks_addon.before_nodes)) == toset(["kube-proxy", "vpc-cni"]) && aws_eks_addon.pod_identity_agent.addon_name == "eks-pod-identity-agent"
    error_message = "Network and Pod Identity are there before the first node."
  }

  assert {
    condition     = toset(keys(aws_eks_addon.after_nodes)) == toset(["aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "metrics-server", "snapshot-controller"])
    error_message = "Add-ons that need a node to run come after it."
  }

  # The order itself is no attribute: the configuration's text is what can be looked at.
  assert {
    condition     = can(regex("depends_on = \\[[^\\]]*aws_eks_addon\\.before_nodes", file("${path.module}/system_nodes.tf")))
    error_message = "The node group must wait for the network plugin."
  }

  assert {
    condition     = length(regexall("depends_on = \\[aws_eks_addon\\.pod_identity_agent, module\\.addon_identity\\]", file("${path.module}/addons.tf"))) == 1
    error_message = "The network plugin must wait for the Pod Identity agent and its own role."
  }

  assert {
    condition     = length(regexall("depends_on = \\[aws_eks_node_group\\.system, module\\.addon_identity\\]", file("${path.module}/addons.tf"))) == 1
    error_message = "The other add-ons must wait for nodes and their roles."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "NetworkPolicies are enforced."
  }

  assert {
    condition = alltrue([
      for a in ["coredns", "metrics-server", "snapshot-controller"] :
      jsondecode(aws_eks_addon.after_nodes[a].configuration_values).tolerations == [{ key = "CriticalAddonsOnly", operator = "Exists" }]
    ])
    error_message = "An add-on that does not tolerate the taint never starts on a new cluster."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.after_nodes["aws-ebs-csi-driver"].configuration_values).controller.extraVolumeTags == { Environment = "test", Project = "mercat" }
    error_message = "The pods' volumes bear the environment's tags."
  }

  assert {
    condition = (
      one(aws_eks_addon.before_nodes["vpc-cni"].pod_identity_association).service_account == "aws-node" &&
      one(aws_eks_addon.after_nodes["aws-ebs-csi-driver"].pod_identity_association).service_account == "ebs-csi-controller-sa" &&
      alltrue([for a in concat(values(aws_eks_addon.before_nodes), values(aws_eks_addon.after_nodes)) : a.service_account_role_arn == null])
    )
    error_message = "Add-ons that call AWS have roles by Pod Identity."
  }

  assert {
    condition     = alltrue([for i in module.addon_identity : i.association_arn == null]) && toset(keys(module.addon_identity)) == toset(["vpc-cni", "aws-ebs-csi-driver"])
    error_message = "The add-on's block makes the association: a second one is refused."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.addon_identity["aws-ebs-csi-driver"].policy).Statement :
      s.Resource == var.cluster_key_arn && s.Condition.StringEquals["kms:ViaService"] == "ec2.eu-central-1.amazonaws.com"
    ]) && module.addon_identity["vpc-cni"].policy == null
    error_message = "The volumes' driver uses one key through EC2; the network plugin none."
  }
}

run "an_add_on_less_with_a_pin" {
  command = plan

  variables {
    addons = {
      "coredns" = "v1.14.2-eksbuild.4", "eks-pod-identity-agent" = null, "kube-proxy" = null, "vpc-cni" = null
    }
  }

  assert {
    condition     = keys(aws_eks_addon.after_nodes) == ["coredns"] && aws_eks_addon.after_nodes["coredns"].addon_version == "v1.14.2-eksbuild.4"
    error_message = "What is not listed is not installed; a pin is kept."
  }

  assert {
    condition     = keys(module.addon_identity) == ["vpc-cni"]
    error_message = "No role without its add-on."
  }
}

run "a_cluster_without_network_is_refused" {
  command = plan

  variables {
    addons = { "coredns" = null, "eks-pod-identity-agent" = null, "kube-proxy" = null }
  }

  expect_failures = [var.addons]
}

run "an_unknown_add_on_is_refused" {
  command = plan

  variables {
    addons = { "coredns" = null, "eks-pod-identity-agent" = null, "kube-proxy" = null, "vpc-cni" = null, "adot" = null }
  }

  expect_failures = [var.addons]
}

run "a_loose_version_is_refused" {
  command = plan

  variables {
    addons = { "coredns" = "latest", "eks-pod-identity-agent" = null, "kube-proxy" = null, "vpc-cni" = null }
  }

  expect_failures = [var.addons]
}
