# The store's services, read from their own service.yaml: a folder more under services/ is a database,
# a secret and an identity more here.
locals {
  service_files = fileset("${path.module}/../../../services", "*/service.yaml")
  services = {
    for file in local.service_files : dirname(file) => yamldecode(file("${path.module}/../../../services/${file}"))
  }

  # Images whose registries ask for credentials, so that ECR cannot pull them through: the release role copies them by digest.
  # Which parts need them says deploy/platform/components.yaml.
  copied_images = ["eck-operator", "elasticsearch", "external-secrets", "filebeat", "grafana", "kibana", "logstash", "opencost", "velero", "velero-plugin-for-aws"]

  tags = {
    Project     = local.organisation.project
    Environment = var.environment
    Owner       = local.organisation.owner
    CostCenter  = local.organisation.cost_center
    ManagedBy   = "terraform"
  }
}
