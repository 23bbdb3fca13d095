locals {
  cluster_arn = "arn:aws:eks:${var.environment.region}:${var.environment.account_id}:cluster/${var.cluster_name}"

  # The border to the charts: each must use this namespace and this name, or its pods get no credentials.
  service_accounts = { for name, account in local.all_accounts : name => account if length(var.zone_arns) > 0 || !contains(["cert-manager", "external-dns"], name) }
  all_accounts = {
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

  policies = {
    "aws-load-balancer-controller" = local.load_balancer_controller
    "cert-manager"                 = local.cert_manager
    "cloudwatch-exporter"          = local.cloudwatch_exporter
    "database-roles"               = local.database_roles
    "elasticsearch"                = local.elasticsearch
    "external-dns"                 = local.external_dns
    "external-secrets"             = local.external_secrets
    "opencost"                     = local.opencost
    "velero"                       = local.velero
  }
}

module "identity" {
  source   = "../pod-identity"
  for_each = local.service_accounts

  name                     = "${var.environment.name}-${each.key}"
  cluster_name             = var.cluster_name
  cluster_arn              = local.cluster_arn
  account_id               = var.environment.account_id
  namespace                = each.value.namespace
  service_account          = each.value.name
  policy                   = jsonencode({ Version = "2012-10-17", Statement = local.policies[each.key] })
  permissions_boundary_arn = var.environment.boundary_arn
}
