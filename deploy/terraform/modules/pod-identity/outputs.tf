output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policy" {
  description = "The role's own permissions as JSON, null without any: so that a caller's tests read what was really given."
  value       = one(aws_iam_role_policy.this[*].policy)
}

output "association_arn" {
  description = "ARN of the association; null where an add-on makes its own."
  value       = one(aws_eks_pod_identity_association.this[*].association_arn)
}
