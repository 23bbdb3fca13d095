# The cluster and who may do what from inside it. What runs in it is installed later, by Helm.

locals {
  zone_arns    = local.foundation.zone_arn == null ? [] : [local.foundation.zone_arn]
  secrets_arns = "arn:aws:secretsmanager:${local.organisation.region}:${local.environment.account_id}:secret:${local.environment.secrets_prefix}/*"
}

module "cluster" {
  source = "../../modules/cluster"

  environment                     = local.environment
  kubernetes_version              = local.environment.kubernetes_version
  subnet_ids                      = local.network.private_subnet_ids
  control_plane_security_group_id = local.network.security_group_ids.control_plane
  node_security_group_id          = local.network.security_group_ids.nodes
  cluster_key_arn                 = local.foundation.keys.cluster
  logs_key_arn                    = local.foundation.keys.logs
  public_access_cidrs             = local.environment.public_api_cidrs
  administrators                  = concat([local.environment.role_arns.apply], local.environment.administrators)
  groups                          = merge(local.environment.groups, { deployers = concat(try(local.environment.groups.deployers, []), [local.environment.role_arns.deploy]) })
  system_nodes = {
    instance_types = [local.environment.system_node_type]
    min            = local.environment.system_nodes
    max            = local.environment.system_nodes_max
    disk_gb        = 50
  }
  session_log_group   = local.foundation.session_log_group
  deletion_protection = local.environment.deletion_protection
  tags                = local.environment.tags
}

# The pipeline's way to the Kubernetes API.
module "runner" {
  source = "../../modules/runner"

  environment       = local.environment
  repository        = "${local.organisation.github.owner}/${local.organisation.github.repository}"
  workflows         = ["deploy", "main", "release", "rollback", "weekly"] # .github/workflows
  connected         = local.environment.connected
  vpc_id            = local.network.vpc_id
  subnet_ids        = local.network.private_subnet_ids
  security_group_id = local.network.security_group_ids.runner
  logs_key_arn      = local.foundation.keys.logs
}

module "karpenter" {
  source = "../../modules/karpenter"

  environment    = local.environment
  cluster_name   = module.cluster.name
  cluster_arn    = module.cluster.arn
  node_role_arn  = module.cluster.node_role_arn
  volume_key_arn = local.foundation.keys.cluster
  queue_key_arn  = local.foundation.keys.logs
}

module "controllers" {
  source = "../../modules/controllers"

  environment          = local.environment
  cluster_name         = module.cluster.name
  zone_arns            = local.zone_arns
  secrets_arn_prefix   = local.secrets_arns
  data_key_arn         = local.foundation.keys.data
  backups_bucket_arn   = local.data.backups_bucket_arn
  snapshots_bucket_arn = local.data.snapshots_bucket_arn
}

module "service_identities" {
  source = "../../modules/service-identities"

  environment       = local.environment
  cluster_name      = module.cluster.name
  services          = toset(keys(local.environment.services))
  media_bucket_arn  = local.data.media_bucket_arn
  data_key_arn      = local.foundation.keys.data
  mail_identity_arn = local.foundation.mail_identity_arn
}
