output "trail_arn" {
  description = "The trail; null where the organisation keeps one instead."
  value       = one(aws_cloudtrail.this[*].arn)
}

output "logs_bucket" {
  description = "Name of the bucket that holds the trail and Config's records."
  value       = module.bucket.id
}

output "detector_id" {
  description = "GuardDuty's detector; null without GuardDuty."
  value       = one(aws_guardduty_detector.this[*].id)
}
