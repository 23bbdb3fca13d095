# What later layers need of this one.
resource "aws_ssm_parameter" "handover" {
  #checkov:skip=CKV2_AWS_34:Identifiers only, no secret: a plain String can be read in a plan and costs nothing
  name        = "${local.environment.parameters}/10-foundation"
  description = "What the later layers need of the foundation."
  type        = "String"
  insecure_value = jsonencode({
    keys              = module.keys.arns
    zone_id           = one(module.dns[*].zone_id)
    zone_arn          = one(module.dns[*].zone_arn)
    certificate_arn   = one(module.dns[*].certificate_arn)
    topic_arn         = module.alerts.topic_arn
    mail_identity_arn = module.mail.identity_arn
    session_log_group = module.sessions.log_group_name
    repositories      = module.registry.repository_urls
    registry_caches   = module.registry.cache_hosts
    smtp_host         = module.mail.smtp_host
    mail_from         = module.mail.sender
  })
}

output "name_servers" {
  description = "To be entered at the parent domain once, as its NS records for this environment's domain; null without one."
  value       = one(module.dns[*].name_servers)
}

output "repositories" {
  description = "Where the pipeline pushes each service's image."
  value       = module.registry.repository_urls
}

output "ds_record" {
  description = "With DNSSEC, to be entered at the parent domain once the name servers answer; null without."
  value       = one(module.dns[*].ds_record)
}
