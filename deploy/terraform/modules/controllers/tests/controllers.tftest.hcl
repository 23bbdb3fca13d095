mock_provider "aws" {
  override_during = plan

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-controller" }
  }
}

variables {
  environment          = { name = "mercat-test", account_id = "111111111111", region = "eu-central-1", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary" }
  cluster_name         = "mercat-test"
  zone_arns            = ["arn:aws:route53:::hostedzone/Z0123456789"]
  secrets_arn_prefix   = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:mercat/test/*"
  data_key_arn         = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"
  backups_bucket_arn   = "arn:aws:s3:::mercat-test-backups"
  snapshots_bucket_arn = "arn:aws:s3:::mercat-test-snapshots"
}

run "no_controller_has_more_than_it_names" {
  command = plan

  assert {
    condition     = !anytrue(flatten([for i in module.identity : [for s in jsondecode(i.policy).Statement : [for a in flatten([s.Action]) : strcontains(a, "*")]]]))
    error_message = "No action with a wildcard."
  }

  assert {
    condition = toset(flatten([
      for i in module.identity : [for s in jsondecode(i.policy).Statement : flatten([s.Action]) if s.Effect == "Allow" && contains(flatten([s.Resource]), "*")]
      ])) == toset([
      "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets", "ec2:DescribeVolumes", "ec2:DescribeVpcs", "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth", "route53:ListHostedZones", "route53:ListHostedZonesByName",
      "tag:GetResources",
    ])
    error_message = "Only descriptions that know no resource may have every resource."
  }

  assert {
    condition = alltrue(flatten([
      for i in module.identity : [
        for s in jsondecode(i.policy).Statement : s.Resource == var.data_key_arn && strcontains(jsonencode(s.Condition), "kms:ViaService")
        if anytrue([for a in flatten([s.Action]) : startswith(a, "kms:")])
      ]
    ]))
    error_message = "Keys are used through a service, and by their ARN."
  }

  assert {
    condition = output.service_accounts == {
      "aws-load-balancer-controller" = { namespace = "kube-system", name = "aws-load-balancer-controller" }
      "cert-manager"                 = { namespace = "cert-manager", name = "cert-manager" }
      "cloudwatch-exporter"          = { namespace = "monitoring", name = "cloudwatch-exporter" }
      "database-roles"               = { namespace = "mercat", name = "database-roles" }
      "elasticsearch"                = { namespace = "monitoring", name = "elasticsearch" }
      "external-dns"                 = { namespace = "external-dns", name = "external-dns" }
      "external-secrets"             = { namespace = "external-secrets", name = "external-secrets" }
      "opencost"                     = { namespace = "monitoring", name = "opencost" }
      "velero"                       = { namespace = "velero", name = "velero-server" }
    }
    error_message = "The charts rely on these names."
  }

  assert {
    condition     = keys(module.identity) == keys(output.service_accounts)
    error_message = "Each controller has a role."
  }

  assert {
    condition     = alltrue([for controller, i in module.identity : i.role_name == "mercat-test-${controller}"])
    error_message = "The environment's name begins each role's."
  }
}

run "the_load_balancer_controller_fills_target_groups" {
  command = plan

  assert {
    condition = toset([
      for a in flatten([for s in jsondecode(module.identity["aws-load-balancer-controller"].policy).Statement : s.Action]) : a if !strcontains(a, ":Describe")
    ]) == toset(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"])
    error_message = "It makes, changes and deletes nothing."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity["aws-load-balancer-controller"].policy).Statement : [s.Resource, s.Condition] if s.Sid == "FillOurTargetGroups"
      ] == [[
        "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/mercat-test*/*",
        { StringEquals = { "aws:ResourceTag/ManagedBy" = "terraform" } }
    ]]
    error_message = "Only target groups of this environment's name and our tag."
  }
}

run "dns_is_divided" {
  command = plan

  assert {
    condition = [
      for s in jsondecode(module.identity["cert-manager"].policy).Statement : [s.Resource, s.Condition] if contains(flatten([s.Action]), "route53:ChangeResourceRecordSets")
      ] == [[["arn:aws:route53:::hostedzone/Z0123456789"], {
        "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["TXT"] }
        "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] }
    }]]
    error_message = "cert-manager writes challenges and nothing else."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity["external-dns"].policy).Statement : s.Condition["ForAnyValue:StringLike"] if s.Effect == "Deny"
    ] == [{ "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] }]
    error_message = "external-dns cannot ask for certificates."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity["external-dns"].policy).Statement : s.Resource == ["arn:aws:route53:::hostedzone/Z0123456789"]
      if s.Effect == "Allow" && contains(flatten([s.Action]), "route53:ChangeResourceRecordSets")
    ])
    error_message = "external-dns writes to the given zones only."
  }
}

run "secrets_and_backups_are_bounded" {
  command = plan

  assert {
    condition = [
      for s in jsondecode(module.identity["external-secrets"].policy).Statement : s.Resource if s.Effect == "Deny"
    ] == [["arn:aws:secretsmanager:eu-central-1:111111111111:secret:mercat/test/database-master-*"]]
    error_message = "external-secrets cannot read the master of the database."
  }

  assert {
    condition = one([
      for s in jsondecode(module.identity["database-roles"].policy).Statement : s.Resource if s.Action == "secretsmanager:GetSecretValue"
    ]) == [for name in ["database-master-*", "*/database-*"] : "arn:aws:secretsmanager:eu-central-1:111111111111:secret:mercat/test/${name}"]
    error_message = "The job that makes roles reads the master's secret and those of the roles."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity["external-secrets"].policy).Statement : [toset(s.Action), s.Resource] if s.Sid == "ReadSecrets"
      ] == [[
        toset(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]),
        ["arn:aws:secretsmanager:eu-central-1:111111111111:secret:mercat/test/*"],
    ]]
    error_message = "external-secrets reads the environment's secrets, no others, and writes none."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity["velero"].policy).Statement :
      contains([var.backups_bucket_arn, "${var.backups_bucket_arn}/*", var.data_key_arn], s.Resource)
    ])
    error_message = "velero touches its bucket and the key."
  }

  assert {
    condition     = !anytrue([for a in flatten([for s in jsondecode(module.identity["velero"].policy).Statement : s.Action]) : startswith(a, "ec2:") || contains(["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutBucketPolicy"], a)])
    error_message = "velero neither snapshots volumes nor ends a backup's life."
  }
}

run "without_a_zone_nobody_may_write_one" {
  command = plan
  variables { zone_arns = [] }

  assert {
    condition     = length(setintersection(keys(output.service_accounts), ["cert-manager", "external-dns"])) == 0 && length(module.identity) == 7
    error_message = "No identity for names and certificates, and each other one."
  }
}

run "what_watches_reads_and_does_not_change" {
  command = plan

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity["elasticsearch"].policy).Statement :
      contains([var.snapshots_bucket_arn, "${var.snapshots_bucket_arn}/*", var.data_key_arn], s.Resource)
    ])
    error_message = "Elasticsearch touches its bucket of snapshots and the key."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(module.identity["elasticsearch"].policy).Statement : s.Action])) == toset([
      "kms:Decrypt", "kms:GenerateDataKey", "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
      "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:PutObject",
    ])
    error_message = "Elasticsearch ends no version of an object and changes no bucket."
  }
  assert {
    condition = alltrue(flatten([for name in ["cloudwatch-exporter", "opencost"] : [
      for s in jsondecode(module.identity[name].policy).Statement : [for a in s.Action : can(regex(":(Get|List|Describe)", a))]
    ]]))
    error_message = "The exporter and OpenCost read."
  }
}

run "snapshots_do_not_lie_among_the_backups" {
  command = plan

  variables {
    snapshots_bucket_arn = "arn:aws:s3:::mercat-test-backups"
  }

  expect_failures = [var.snapshots_bucket_arn]
}

run "wide_values_are_refused" {
  command = plan

  variables {
    zone_arns          = ["arn:aws:route53:::hostedzone/*"]
    secrets_arn_prefix = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:*"
    backups_bucket_arn = "arn:aws:s3:::*"
  }

  expect_failures = [var.zone_arns, var.secrets_arn_prefix, var.backups_bucket_arn]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    cluster_name = "*"
    data_key_arn = "alias/data"
  }

  expect_failures = [var.cluster_name, var.data_key_arn]
}
