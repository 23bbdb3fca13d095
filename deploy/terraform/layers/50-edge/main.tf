# How shoppers reach the store: CloudFront and its firewall, the load balancer behind them, the names.

module "load_balancer" {
  source = "../../modules/load-balancer"

  environment         = local.environment
  vpc_id              = local.network.vpc_id
  subnet_ids          = local.network.private_subnet_ids
  security_group_id   = local.network.security_group_ids.load_balancer
  zone_id             = local.foundation.zone_id
  origin_domain       = local.environment.domain == null ? null : "origin.${local.environment.domain}"
  logs_bucket         = local.data.logs_bucket
  deletion_protection = local.environment.deletion_protection
}

module "distribution" {
  source = "../../modules/distribution"

  environment        = local.environment
  domain             = local.environment.domain
  certificate_arn    = local.foundation.certificate_arn
  zone_id            = local.foundation.zone_id
  media_bucket       = { domain_name = local.data.media_bucket_domain }
  api_origin_domain  = module.load_balancer.origin_domain
  api_origin_arn     = module.load_balancer.arn
  logs_bucket_domain = local.data.logs_bucket_domain
  price_class        = local.environment.price_class
  rate_limit         = local.environment.requests_per_5_min
  waf_log_days       = local.environment.log_days
}
