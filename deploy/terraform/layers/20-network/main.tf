# Three zones; who may talk to whom stands in modules/network/security_groups.tf.

module "network" {
  source = "../../modules/network"

  environment              = local.environment
  cidr                     = local.environment.cidr
  zones                    = local.organisation.zones
  nat_gateways             = local.environment.nat_gateways
  interface_endpoints      = toset(local.environment.interface_endpoints)
  endpoints_without_policy = setintersection(local.organisation.endpoints_without_policy, local.environment.interface_endpoints)
  web_identity_role_arns   = [local.environment.role_arns.deploy]
  flow_log_days            = local.environment.log_days
  logs_key_arn             = local.foundation.keys.logs
  cloudfront_port          = local.environment.domain == null ? 80 : 443
  cluster_name             = local.environment.name
}
