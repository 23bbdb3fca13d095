mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

run "nodes_are_hardened" {
  command = plan

  assert {
    condition = (
      aws_launch_template.system.metadata_options[0].http_tokens == "required" &&
      aws_launch_template.system.metadata_options[0].http_put_response_hop_limit == 1
    )
    error_message = "IMDSv2 with one hop: no pod takes the node's role."
  }

  assert {
    condition = alltrue([for d in aws_launch_template.system.block_device_mappings :
      d.ebs[0].encrypted == "true" && d.ebs[0].volume_type == "gp3" && d.ebs[0].kms_key_id == var.cluster_key_arn && d.ebs[0].delete_on_termination == "true"
    ]) && toset([for d in aws_launch_template.system.block_device_mappings : d.device_name]) == toset(["/dev/xvda", "/dev/xvdb"])
    error_message = "Both disks are gp3, encrypted with our key, and gone with the node."
  }

  assert {
    condition     = [for d in aws_launch_template.system.block_device_mappings : d.ebs[0].volume_size if d.device_name == "/dev/xvdb"] == [40]
    error_message = "disk_gb is the size of the disk that holds images."
  }

  assert {
    condition     = aws_launch_template.system.vpc_security_group_ids == toset(["sg-nodes"])
    error_message = "Nodes bear the given group alone; with none here EKS would attach its own."
  }

  assert {
    condition     = aws_launch_template.system.image_id == null && !strcontains(base64decode(aws_launch_template.system.user_data), "api-server") && aws_launch_template.system.key_name == null
    error_message = "EKS chooses the image and says which cluster it joins, and there is no SSH key."
  }

  assert {
    condition = toset([for t in aws_launch_template.system.tag_specifications : t.resource_type]) == toset(["instance", "volume", "network-interface"]) && alltrue([
      for t in aws_launch_template.system.tag_specifications : t.tags["Project"] == "mercat" && t.tags["Environment"] == "test"
    ])
    error_message = "Default tags end at the template: what it starts is tagged too."
  }
}

run "the_system_group" {
  command = plan

  assert {
    condition     = one([for t in aws_eks_node_group.system.taint : [t.key, t.value, t.effect]]) == ["CriticalAddonsOnly", "true", "NO_SCHEDULE"]
    error_message = "Only what tolerates it runs on system nodes."
  }

  assert {
    condition = (
      aws_eks_node_group.system.scaling_config[0].min_size == 2 &&
      aws_eks_node_group.system.scaling_config[0].desired_size == 2 &&
      aws_eks_node_group.system.scaling_config[0].max_size == 3
    )
    error_message = "The group has its fewest nodes, and room."
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "BOTTLEROCKET_ARM_64" && aws_eks_node_group.system.capacity_type == "ON_DEMAND"
    error_message = "System nodes are Bottlerocket on Graviton, never spot."
  }

  assert {
    condition     = aws_eks_node_group.system.version == "1.36" && aws_eks_node_group.system.update_config[0].max_unavailable == 1
    error_message = "Nodes have the cluster's version and change one by one."
  }

  assert {
    condition     = aws_eks_node_group.system.node_repair_config[0].enabled == true
    error_message = "An ill node is replaced without a hand."
  }
}

run "one_node_is_refused" {
  command = plan

  variables {
    system_nodes = { instance_types = ["t4g.medium"], min = 1, max = 3 }
  }

  expect_failures = [var.system_nodes]
}

run "intel_is_refused" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7i.large"], min = 2, max = 3 }
  }

  expect_failures = [var.system_nodes]
}

run "a_tiny_disk_is_refused" {
  command = plan

  variables {
    system_nodes = { instance_types = ["t4g.medium"], min = 2, max = 3, disk_gb = 8 }
  }

  expect_failures = [var.system_nodes]
}

run "logs_of_containers_end" {
  command = plan

  assert {
    condition     = alltrue([for line in ["[settings.kubernetes]", "container-log-max-size = \"10Mi\"", "container-log-max-files = 5"] : strcontains(base64decode(aws_launch_template.system.user_data), line)])
    error_message = "A container's log on a node has a bound."
  }
}
