resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:CloudTrail would send a message for every file it delivers. Alarms come from EventBridge, which says what happened.
  #checkov:skip=CKV2_AWS_10:A second copy in CloudWatch Logs would cost more than the trail; alarms come from EventBridge and the bucket is searched with Athena.
  count = var.trail ? 1 : 0

  name                          = var.environment.name
  s3_bucket_name                = module.bucket.id
  kms_key_id                    = var.key_arn
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  enable_logging                = true

  advanced_event_selector {
    name = "Management"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }
}
