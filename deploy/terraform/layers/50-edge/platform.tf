# The handover: all that charts and jobs need, in one document. Who reads which key stands in deploy/platform/components.yaml;
# a test holds the two together. It is identifiers and addresses, no secret.
locals {
  cluster  = jsondecode(data.aws_ssm_parameter.cluster.insecure_value)
  registry = "${local.environment.account_id}.dkr.ecr.${local.organisation.region}.amazonaws.com"

  platform = {
    # Whose environment this is. Without a domain of its own: domain is CloudFront's name, zone_id null, and CloudFront fetches by http.
    account_id  = local.environment.account_id
    environment = var.environment
    region      = local.organisation.region
    domain      = module.distribution.address
    zone_id     = local.foundation.zone_id
    # Addresses, for network policies and for whom to believe X-Forwarded-For: Traefik and the services trust the VPC.
    vpc_id   = local.network.vpc_id
    vpc_cidr = local.environment.cidr
    dns_ip   = cidrhost(local.cluster.service_cidr, 10)
    # The cluster.
    cluster                    = local.cluster.cluster
    cluster_endpoint           = local.cluster.endpoint
    karpenter_queue            = local.cluster.karpenter_queue
    karpenter_instance_profile = local.cluster.karpenter_instance_profile
    namespaces                 = sort(distinct([for account in values(local.cluster.service_accounts) : split("/", account)[0]]))
    # Which identity each service account is: "namespace/name" by controller or service.
    service_accounts = local.cluster.service_accounts
    # Images: ours, and the caches of others by the registry that they stand for.
    registry        = local.registry
    repositories    = local.foundation.repositories
    registry_caches = local.foundation.registry_caches
    # Data. Passwords lie in Secrets Manager below the prefix.
    database_host      = local.data.database_host
    postgresql_version = local.environment.postgresql_version
    rds_ca_bundle_url  = local.data.database_ca_bundle_url
    secrets_prefix     = local.environment.secrets_prefix
    buckets            = local.data.buckets
    mail_from          = local.foundation.mail_from
    # Volumes whose class bears this tag are backed up daily.
    volume_backup_tag = "${local.environment.volume_backup_tag.key}=${local.environment.volume_backup_tag.value}"
    # With which volumes of nodes and of pods are encrypted.
    volume_key_arn = local.foundation.keys.cluster
    # The way in: by origin_protocol (https or http), on the same port of Traefik.
    target_group_arn = module.load_balancer.target_group_arn
    origin_domain    = module.load_balancer.origin_domain
    origin_protocol  = module.distribution.origin_protocol
    # What it may cost a month, beside which the dashboards show what it does.
    monthly_usd = local.environment.monthly_usd
  }
}

data "aws_ssm_parameter" "cluster" {
  name = "${local.environment.parameters}/40-cluster"
}

resource "aws_ssm_parameter" "platform" {
  #checkov:skip=CKV2_AWS_34:Identifiers only, no secret: a plain String can be read in a plan
  name           = "${local.environment.parameters}/handover"
  description    = "What charts and jobs need of this environment."
  type           = "String"
  tier           = "Advanced" # up to 8 KiB; a Standard one ends at 4
  insecure_value = jsonencode(local.platform)
}
