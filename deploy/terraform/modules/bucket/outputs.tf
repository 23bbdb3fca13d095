output "id" {
  description = "The bucket's name, once its policy and public access block stand: who writes to it by this output writes to a protected bucket."
  value       = aws_s3_bucket.this.id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_public_access_block.this, aws_s3_bucket_ownership_controls.this]
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "regional_domain_name" {
  description = "Host name in the bucket's region (bucket.s3.region.amazonaws.com): what a CloudFront origin takes."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

output "domain_name" {
  description = "Host name without a region (bucket.s3.amazonaws.com): what CloudFront's standard logging takes."
  value       = aws_s3_bucket.this.bucket_domain_name
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}
